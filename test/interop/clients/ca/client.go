// Trust file, proxy port, proxy credentials and host, again and again: one line for each, `ok` or `refused: …`.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"strings"
)

func main() {
	jobs := os.Args[1:]
	for ; len(jobs) >= 4; jobs = jobs[4:] {
		if err := handshake(jobs[0], jobs[1], jobs[2], jobs[3]); err != nil {
			fmt.Println("refused:", err)
		} else {
			fmt.Println("ok")
		}
	}
}

func handshake(trust, port, credentials, host string) error {
	pem, err := os.ReadFile(trust)
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	plain, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		return err
	}
	defer plain.Close()
	authority := net.JoinHostPort(host, "443")
	fmt.Fprintf(plain, "CONNECT %s HTTP/1.1\r\nHost: %s\r\nProxy-Authorization: %s\r\n\r\n", authority, authority, credentials)
	reader := bufio.NewReader(plain)
	for line := "x"; strings.TrimSpace(line) != ""; {
		if line, err = reader.ReadString('\n'); err != nil {
			return err
		}
	}
	return tls.Client(plain, &tls.Config{RootCAs: pool, ServerName: host}).Handshake()
}

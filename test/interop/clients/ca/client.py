"""Trust file, proxy port, proxy credentials and host, again and again: one line for each, `ok` or `refused: …`."""
import socket, ssl, sys

jobs = sys.argv[1:]
for trust, port, credentials, host in zip(*[iter(jobs)] * 4):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.load_verify_locations(trust)
    plain = socket.create_connection(("127.0.0.1", int(port)), 10)
    authority = f"[{host}]:443" if ":" in host else f"{host}:443"
    plain.sendall(f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\nProxy-Authorization: {credentials}\r\n\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head:
        head += plain.recv(4096) or sys.exit("the proxy closed")
    assert head.startswith(b"HTTP/1.1 200"), head
    try:
        with context.wrap_socket(plain, server_hostname=host):
            print("ok")
    except ssl.SSLError as error:
        print("refused:", error)

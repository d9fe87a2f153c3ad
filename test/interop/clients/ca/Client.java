import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Trust file, proxy port, proxy credentials and host, again and again: one line for each, `ok` or `refused: …`. */
public class Client {
  public static void main(String[] jobs) throws Exception {
    for (int i = 0; i + 3 < jobs.length; i += 4) {
      try (Socket plain = connect(Integer.parseInt(jobs[i + 1]), jobs[i + 2], jobs[i + 3])) {
        var socket = (SSLSocket) trusting(jobs[i]).getSocketFactory().createSocket(plain, jobs[i + 3], 443, true);
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        System.out.println("ok");
      } catch (SSLException error) {
        System.out.println("refused: " + error.getMessage());
      }
    }
  }

  static SSLContext trusting(String file) throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    var pem = new ByteArrayInputStream(Files.readAllBytes(Path.of(file)));
    for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
      store.setCertificateEntry("ca-" + store.size(), certificate);
    }
    var managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  static Socket connect(int port, String credentials, String host) throws Exception {
    var socket = new Socket("127.0.0.1", port);
    var authority = (host.contains(":") ? "[" + host + "]" : host) + ":443";
    var head = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\nProxy-Authorization: " + credentials + "\r\n\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
    for (String answer = ""; !answer.endsWith("\r\n\r\n"); ) answer += (char) socket.getInputStream().read();
    return socket;
  }
}

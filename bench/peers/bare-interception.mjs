/**
 * The least that a proxy in Node can do which puts a header on requests over TLS: no identity, no policy, no parser, no search, no log. It
 * takes what it reads at once for the whole head of a request, as it is with this load. Arguments: PORT DESTINATION_PORT CERTIFICATE KEY CA HOST.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect as connectTls, createSecureContext, TLSSocket } from 'node:tls';

const [port, destinationPort] = process.argv.slice(2, 4).map(Number);
const [certificate, key, ca, servername] = process.argv.slice(4);
const secureContext = createSecureContext({ cert: readFileSync(certificate), key: readFileSync(key) });
const trusting = createSecureContext({ ca: readFileSync(ca) });
const upstream = { port: destinationPort, host: '127.0.0.1', servername, secureContext: trusting, noDelay: true };
const field = Buffer.from(`Authorization: Bearer ${process.env.BENCH_CREDENTIAL}\r\n`);

const server = createServer();
server.on('connect', (_request, socket) => {
  socket.setNoDelay(true);
  socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
  const client = new TLSSocket(socket, { isServer: true, secureContext });
  const destination = connectTls(upstream);
  for (const [one, other] of [
    [client, destination],
    [destination, client],
  ])
    one.on('error', () => other.destroy()).on('close', () => other.destroy());
  client.on('data', (head) => {
    const at = head.indexOf('\r\n') + 2;
    destination.write(Buffer.concat([head.subarray(0, at), field, head.subarray(at)]));
  });
  destination.on('data', (bytes) => client.write(bytes));
});
server.listen({ port, host: '127.0.0.1', backlog: 4096 });

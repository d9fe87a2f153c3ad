/** The least a CONNECT proxy in Node can do: no identity, no policy, no look at the bytes. Arguments: PORT DESTINATION_PORT. */
import { createServer } from 'node:http';
import { connect } from 'node:net';

const [port, destinationPort] = process.argv.slice(2).map(Number);
const server = createServer();
server.on('connect', (_request, client, head) => {
  const upstream = connect({ port: destinationPort, host: '127.0.0.1', noDelay: true });
  client.setNoDelay(true);
  client.on('error', () => upstream.destroy());
  upstream.on('error', () => client.destroy());
  client.on('close', () => upstream.destroy());
  upstream.once('connect', () => {
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    upstream.write(head);
    client.pipe(upstream).pipe(client);
  });
});
server.listen({ port, host: '127.0.0.1', backlog: 4096 });

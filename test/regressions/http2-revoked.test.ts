import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { openFrames } from '../support/http2-caller.js';
import { request, type } from '../support/http2-frames.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { newClient, startServe, type Serving } from '../support/serve.js';

const api = 'api.example.com';
const desk = newClient('desk');
const other = newClient('other');
const configured = (clients: string): string =>
  `clients: [${clients}]\npolicies: [{ name: api, hosts: [${api}], methods: [GET], paths: [/**] }]`;
let origin: Origin;
let serving: Serving;
beforeAll(async () => {
  const authority = testAuthority();
  origin = await startOrigin(authority, [api]);
  serving = await startServe({
    authority,
    origins: { [`${api}:443`]: origin.port },
    yaml: configured(`${desk.yaml}, ${other.yaml}`),
  });
});
afterAll(async () => {
  await serving.close();
  await origin.close();
});

it('a stream in a session of a client that is gone is refused, and the session ends by GOAWAY', async () => {
  const authorization = `Basic ${Buffer.from(`${desk.name}:${desk.token}`).toString('base64')}`;
  const { port, trustPem } = serving;
  const { socket, reader } = await openFrames({ port, trustPem, authorization }, `${api}:443`);
  const fields: [string, string][] = [
    [':method', 'GET'],
    [':scheme', 'https'],
    [':authority', api],
    [':path', '/'],
  ];
  socket.write(request(1, fields));
  expect(await reader.endOf(1)).toBe('whole');
  expect(reader.dataOf(1)).toBe('ok');
  await serving.reload(configured(other.yaml));
  socket.write(request(3, fields));
  const frames = await reader.end();
  expect(reader.dataOf(3)).toContain('caller_revoked');
  expect(frames.some(({ type: kind }) => kind === type.goaway)).toBe(true);
  expect(origin.seen).toHaveLength(1);
});

import { spawn, spawnSync } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { startOrigin, type Origin } from '../support/origin.js';
import type { TestAuthority } from '../support/certificates.js';

/** What a server says to whoever shows no credential: two schemes, quotes and a charset (RFC 7617 section 2.1). */
export const challenges = ['Basic realm="repositories, \\"all\\"", charset="UTF-8"', 'Bearer realm="repositories"'];

/** Where this machine has it, if it has. */
export function gitBackend(): string {
  const { stdout } = spawnSync('git', ['--exec-path'], { encoding: 'utf8' });
  return join(typeof stdout === 'string' ? stdout.trim() : '', 'git-http-backend');
}

/**
 * A smart-HTTP server of git over TLS: `git http-backend` as CGI (RFC 3875), for whoever shows the user name and password.
 */
export function startGitServer(
  authority: TestAuthority,
  names: readonly string[],
  projects: string,
  userinfo: string,
): Promise<Origin> {
  const wanted = `Basic ${Buffer.from(userinfo).toString('base64')}`;
  const backend = gitBackend();
  return startOrigin(authority, names, (request, response) => {
    if (request.headers.authorization === wanted) {
      serve(backend, projects, request, response);
      return;
    }
    request.resume();
    response.writeHead(401, { 'www-authenticate': challenges, 'content-type': 'text/plain' }).end('who are you?\n');
  });
}

function serve(backend: string, projects: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '', 'https://localhost');
  const header = (name: string): string => String(request.headers[name] ?? '');
  const env = {
    PATH: process.env['PATH'] ?? '',
    GIT_PROJECT_ROOT: projects,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    HOME: projects,
    REMOTE_USER: 'committer',
    REMOTE_ADDR: '127.0.0.1',
    REQUEST_METHOD: request.method ?? '',
    PATH_INFO: pathname,
    QUERY_STRING: search.slice(1),
    CONTENT_TYPE: header('content-type'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    HTTP_GIT_PROTOCOL: header('git-protocol'),
    // Without a length the backend reads to the end, which is what a chunked body has.
    ...(request.headers['content-length'] !== undefined && { CONTENT_LENGTH: header('content-length') }),
  };
  const child = spawn(backend, [], { env, stdio: ['pipe', 'pipe', 'ignore'], timeout: 30_000 });
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  let head = '';
  child.stdout.on('data', (piece: Buffer) => {
    if (response.headersSent) return void response.write(piece);
    head += piece.toString('latin1');
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    const fields = head
      .slice(0, end)
      .split('\r\n')
      .map((line) => line.split(/: (.*)/s, 2) as [string, string]);
    const status = fields.find(([name]) => name === 'Status')?.[1] ?? '200';
    response.writeHead(Number.parseInt(status, 10), fields.filter(([name]) => name !== 'Status').flat());
    response.write(Buffer.from(head.slice(end + 4), 'latin1'));
  });
  child.once('close', () => response.end());
}

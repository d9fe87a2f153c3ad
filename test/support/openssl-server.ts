import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverCertificate, type TestAuthority } from './certificates.js';

/** A destination that says in TLS alerts what it thinks of a client certificate, which servers in Node never do. */
export async function startOpensslServer(
  authority: TestAuthority,
  names: readonly string[],
  clientCa: string,
  options: readonly string[],
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-openssl-'));
  const { cert, key } = serverCertificate(authority, names);
  const files = { cert, key, ca: clientCa };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  const child = spawn(
    'openssl',
    ['s_server', '-accept', '127.0.0.1:0', '-cert', 'cert', '-key', 'key', '-CAfile', 'ca', '-www']
      .concat(['-Verify', '2', '-verify_return_error'])
      .concat(options),
    { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const exited = once(child, 'exit');
  const port = await new Promise<number>((resolve, reject: (error: Error) => void) => {
    let text = '';
    child.stdout.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      const [, found] = /ACCEPT 127\.0\.0\.1:(\d+)/.exec(text) ?? [];
      if (found !== undefined) resolve(Number(found));
    });
    child.once('error', reject).once('exit', () => reject(new Error('openssl s_server has ended')));
  });
  return {
    port,
    async close() {
      child.kill();
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}

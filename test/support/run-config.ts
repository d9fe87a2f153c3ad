import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestAuthority } from './certificates.js';

/**
 * Writes a configuration with nothing but `destinations` and the audit folder: all the rest is what `run` makes of the catalogue. The
 * hosts lead to this port of the machine. Returns its path.
 */
export function writeRunConfig(
  folder: string,
  hosts: readonly string[],
  port: number,
  { certificatePem }: TestAuthority,
): string {
  const caFile = join(folder, 'destination-ca.pem');
  writeFileSync(caFile, certificatePem);
  const destinations = hosts.map(
    (host) => `  ${host}: { address: "127.0.0.1:${port}", ca_file: ${JSON.stringify(caFile)} }`,
  );
  const config = join(folder, 'keywright.yaml');
  const lines = ['version: 1', 'audit: [{ type: file, dir: ./audit }]', 'destinations:', ...destinations, ''];
  writeFileSync(config, lines.join('\n'), { mode: 0o600 });
  return config;
}

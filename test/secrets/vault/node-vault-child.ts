import { createHttpClient } from '../../../src/net/client.js';
import { seal } from '../../../src/secrets/seal.js';
import { openNodeVault } from '../../../src/secrets/vault/node-vault.js';

/** Asks once, in an environment that would lead node-vault elsewhere, and prints the status, or the kind of failure. */
const [, , address = '', caFile] = process.argv;
const http = createHttpClient({ address: new URL(address), caFile });
const ask = await openNodeVault(http);
const signal = AbortSignal.timeout(5000);
const token = seal('token', 'of-the-child');
const outcome = await ask({ method: 'GET', path: 'kv/data/x', headers: {}, token, signal }).then(
  ({ status }) => status,
  (error: unknown) => (error as { kind: string }).kind,
);
process.stdout.write(`${outcome}\n`);
await http.close();

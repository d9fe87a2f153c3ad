import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startPinned } from './start.mjs';

/** Starts the destination of all load on one core. */
export function startDestination({ destination, credential }, core) {
  const program = fileURLToPath(new URL('../destination.mjs', import.meta.url));
  const env = { BENCH_CERTIFICATE: destination.certificate, BENCH_KEY: destination.key, BENCH_CREDENTIAL: credential };
  return startPinned(core, process.execPath, [program], { env });
}

/** The port it listens on. */
export async function portOf(destination) {
  const [line] = await Promise.race([
    once(destination.child.stdout, 'data'),
    once(destination.child, 'exit').then(() => [destination.said()]),
  ]);
  const port = Number(line);
  if (!(port > 0)) throw new Error(`The destination did not start: ${line}`);
  return port;
}

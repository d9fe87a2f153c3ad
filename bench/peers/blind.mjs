import { fileURLToPath } from 'node:url';
import { freePort, startPinned, untilListening } from '../process/start.mjs';

/** A CONNECT tunnel in Node that moves bytes and nothing else: the floor for any proxy on this runtime. */
export const blind = {
  name: 'blind',
  title: 'blind tunnel',
  clientHoldsCredential: true,
  unavailable: () => null,
  version: () => `Node ${process.version}`,
  async start({ materials, destinationPort, core }) {
    const port = await freePort();
    const program = fileURLToPath(new URL('./blind-tunnel.mjs', import.meta.url));
    const since = performance.now();
    const started = startPinned(core, process.execPath, [program, String(port), String(destinationPort)]);
    return { started, port, readyMs: await untilListening(started, port, since), trust: materials.origin.pem };
  },
};

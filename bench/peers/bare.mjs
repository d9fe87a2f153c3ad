import { fileURLToPath } from 'node:url';
import { host } from '../materials.mjs';
import { freePort, startPinned, untilListening } from '../process/start.mjs';

/** Two TLS connections in Node and a header between them: the floor for any proxy on this runtime that puts a credential on requests. */
export const bare = {
  name: 'bare',
  title: 'bare interception',
  clientHoldsCredential: false,
  unavailable: () => null,
  version: () => `Node ${process.version}`,
  async start({ materials, destinationPort, core }) {
    const port = await freePort();
    const program = fileURLToPath(new URL('./bare-interception.mjs', import.meta.url));
    const { interception, origin, proxy, credential } = materials;
    const paths = [interception.certificate, interception.key, origin.certificate];
    const since = performance.now();
    const started = startPinned(
      core,
      process.execPath,
      [program, String(port), String(destinationPort), ...paths, host],
      { env: { BENCH_CREDENTIAL: credential } },
    );
    return { started, port, readyMs: await untilListening(started, port, since), trust: proxy.pem };
  },
};

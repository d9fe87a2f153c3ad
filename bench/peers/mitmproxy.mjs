import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { versionOf } from '../machine.mjs';
import { freePort, startPinned, untilListening } from '../process/start.mjs';

/** mitmdump with an add-on that sets a header: no identity, no policy, no scrubbing, no log. Debian: mitmproxy. */
export const mitmproxy = {
  name: 'mitmproxy',
  title: 'mitmproxy',
  clientHoldsCredential: false,
  unavailable: () =>
    versionOf('mitmdump', ['--version'], /Mitmproxy/) === null ? 'the package mitmproxy is not installed' : null,
  version: () => versionOf('mitmdump', ['--version'], /Mitmproxy: \S+/),
  async start({ materials, destinationPort, core }) {
    const port = await freePort();
    const dir = join(materials.dir, `mitmproxy-${port}`);
    mkdirSync(dir);
    // The same P-256 CA as squid has, instead of the RSA one that it would make: cheaper for it.
    writeFileSync(join(dir, 'mitmproxy-ca.pem'), readFileSync(materials.proxy.key, 'utf8') + materials.proxy.pem);
    writeFileSync(join(dir, 'addon.py'), addOn(destinationPort, materials.credential));
    const settings = [
      `confdir=${dir}`,
      `ssl_verify_upstream_trusted_ca=${materials.origin.certificate}`,
      'connection_strategy=lazy',
      'stream_large_bodies=64k',
    ].flatMap((setting) => ['--set', setting]);
    const listen = ['--listen-host', '127.0.0.1', '--listen-port', String(port)];
    const since = performance.now();
    const started = startPinned(core, 'mitmdump', ['-q', ...listen, ...settings, '-s', join(dir, 'addon.py')], {
      cwd: dir,
    });
    return { started, port, readyMs: await untilListening(started, port, since), trust: materials.proxy.pem };
  },
};

function addOn(destinationPort, credential) {
  return `def requestheaders(flow):
    flow.request.headers["authorization"] = "Bearer ${credential}"

def server_connect(data):
    data.server.address = ("127.0.0.1", ${destinationPort})
`;
}

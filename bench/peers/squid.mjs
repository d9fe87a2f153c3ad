import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { versionOf } from '../machine.mjs';
import { host } from '../materials.mjs';
import { freePort, startPinned, untilListening } from '../process/start.mjs';

const certificateTool = '/usr/lib/squid/security_file_certgen';

/**
 * squid's ssl-bump with a header added to all: no identity, no policy, no scrubbing, no log. Debian: squid-openssl.
 * `bump all` at the first step, without a peek or stare, is the cheapest way it has: its connections to the destination are
 * then shared by its clients, and a new client costs a quarter of the CPU.
 */
export const squid = {
  name: 'squid',
  title: 'squid ssl-bump',
  clientHoldsCredential: false,
  unavailable: () => (existsSync(certificateTool) ? null : 'the package squid-openssl is not installed'),
  version: () => versionOf('squid', ['-v'], /Version \S+/),
  async start({ materials, core }) {
    const port = await freePort();
    const dir = join(materials.dir, `squid-${port}`);
    mkdirSync(dir, { mode: 0o777 });
    execFileSync(certificateTool, ['-c', '-s', join(dir, 'certificates'), '-M', '4MB'], { stdio: 'pipe' });
    writeFileSync(join(dir, 'hosts'), `127.0.0.1 ${host}\n`);
    writeFileSync(join(dir, 'squid.conf'), configuration(dir, port, materials));
    // Started by root, it changes to its own user and must still reach its folder.
    if (process.getuid() === 0) execFileSync('chown', ['-R', 'proxy:proxy', dir]);
    const since = performance.now();
    const started = startPinned(core, 'squid', ['-N', '-f', join(dir, 'squid.conf')], { cwd: dir });
    return { started, port, readyMs: await untilListening(started, port, since), trust: materials.proxy.pem };
  },
};

function configuration(dir, port, { proxy, origin, credential }) {
  const listen = 'ssl-bump generate-host-certificates=on dynamic_cert_mem_cache_size=4MB';
  return `
http_port 127.0.0.1:${port} ${listen} tls-cert=${proxy.certificate} tls-key=${proxy.key}
sslcrtd_program ${certificateTool} -s ${join(dir, 'certificates')} -M 4MB
sslcrtd_children 2 startup=1 idle=1
ssl_bump bump all
tls_outgoing_options cafile=${origin.certificate}
hosts_file ${join(dir, 'hosts')}
request_header_add Authorization "Bearer ${credential}" all
http_access allow all
cache deny all
access_log none
cache_log ${join(dir, 'cache.log')}
pid_filename ${join(dir, 'squid.pid')}
coredump_dir ${dir}
pinger_enable off
shutdown_lifetime 0 seconds
max_filedescriptors 16384
`;
}

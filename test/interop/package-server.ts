import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { python } from '../support/run.js';

/** The one package that it has, for npm and for pip. */
export const packageName = 'keywright-test-package';
const version = '1.2.3';

/** Stands in for a package registry: what `npm install` and `pip download` ask for, in the formats that they read. */
export function startPackageServer(authority: TestAuthority, host: string, folder: string): Promise<Origin> {
  const files = { ...npmFiles(host, folder), ...pipFiles(folder) };
  return startOrigin(authority, [host], (request, response) => {
    const file = files[decodeURIComponent(request.url ?? '')];
    response.writeHead(file === undefined ? 404 : 200, { 'content-type': file?.type ?? 'text/plain' });
    response.end(file?.body ?? 'not found');
  });
}

type Files = Readonly<Record<string, { readonly type: string; readonly body: Buffer | string }>>;

function npmFiles(host: string, folder: string): Files {
  const manifest = { name: packageName, version, main: 'index.js' };
  mkdirSync(join(folder, 'package'));
  writeFileSync(join(folder, 'package', 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'package', 'index.js'), `module.exports = 'installed';\n`);
  const archive = join(folder, 'package.tgz');
  const { status } = spawnSync('tar', ['-czf', archive, '-C', folder, 'package']);
  if (status !== 0) throw new Error('tar does not make the package');
  const body = readFileSync(archive);
  const path = `/${packageName}/-/${packageName}-${version}.tgz`;
  const integrity = `sha512-${createHash('sha512').update(body).digest('base64')}`;
  const versions = { [version]: { ...manifest, dist: { tarball: `https://${host}${path}`, integrity } } };
  const document = JSON.stringify({ name: packageName, 'dist-tags': { latest: version }, versions });
  return {
    [`/${packageName}`]: { type: 'application/json', body: document },
    [path]: { type: 'application/octet-stream', body },
  };
}

/** A wheel (PyPA's binary distribution format) and the page that leads to it (PEP 503). Without a Python there is nobody to ask for it. */
function pipFiles(folder: string): Files {
  const module = packageName.replaceAll('-', '_');
  const name = `${module}-${version}-py3-none-any.whl`;
  const script = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    info = "${module}-${version}.dist-info/"
    wheel.writestr("${module}.py", "installed = True\\n")
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: ${packageName}\\nVersion: ${version}\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "")`;
  const path = join(folder, name);
  if (spawnSync(python, ['-c', script, path]).status !== 0) return {};
  const body = readFileSync(path);
  const hash = createHash('sha256').update(body).digest('hex');
  const page = `<!DOCTYPE html><html><body><a href="/files/${name}#sha256=${hash}">${name}</a></body></html>`;
  return {
    [`/simple/${packageName}/`]: { type: 'text/html', body: page },
    [`/files/${name}`]: { type: 'application/octet-stream', body },
  };
}

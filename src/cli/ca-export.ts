import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { certificatesIn, toPemBundle } from '../adopt/pem.js';
import { systemRoots } from '../adopt/system-roots.js';
import { replaceFile } from '../core/durable.js';
import { trustedBy } from '../ca/ring.js';
import type { Config } from '../config/load.js';
import { systemClock } from '../core/clock.js';
import { errorCode } from '../core/error-code.js';
import { MissingError, UsageError } from '../core/usage-error.js';
import { type CaOnDisk, readCa } from './ca-source.js';
import { describeRing } from '../ca/describe.js';
import { textOption, type Invocation } from './command.js';
import type { Terminal } from './terminal.js';

/** `keywright ca export`: certificates only. */
export function exportAuthority(config: Config, invocation: Invocation, terminal: Terminal): number {
  const format = textOption(invocation, 'format') ?? 'pem';
  if (format !== 'pem' && format !== 'der') throw new UsageError('--format is pem or der.');
  const bundle = invocation.values['bundle'] === true;
  if (bundle && format === 'der') throw new UsageError('DER holds one certificate: --bundle is for PEM.');
  const found = readCa(config);
  const certificates = chosen(found, textOption(invocation, 'only'));
  const [first, ...more] = certificates;
  if (format === 'der' && more.length > 0) {
    throw new UsageError(
      'a rotation is in progress, so there are two certificates to trust, and DER holds one: choose with --only.',
    );
  }
  const roots = bundle ? certificatesIn([systemRoots()]) : [];
  const content = format === 'der' && first !== undefined ? first : pemOf([...certificates, ...roots]);
  const out = textOption(invocation, 'out');
  if (out !== undefined) writeOut(resolve(out), content, found);
  else if (typeof content === 'string') terminal.out(content);
  else throw new UsageError('DER is not for a terminal: name a file with --out.');
  return 0;
}

function chosen({ ring }: CaOnDisk, only: string | undefined): readonly Buffer[] {
  const all = trustedBy(ring).map(({ raw }) => raw);
  if (only === undefined) return all;
  const { authorities } = describeRing(ring, systemClock.now());
  const wanted = authorities.find(({ role }) => role === only);
  if (wanted === undefined) {
    const roles = authorities.map(({ role }) => role).join(', ');
    throw new UsageError(`there is no such CA now: --only is one of ${roles}.`);
  }
  return trustedBy(ring)
    .filter(({ fingerprint256 }) => fingerprint256.replaceAll(':', '').toLowerCase() === wanted.trust.sha256)
    .map(({ raw }) => raw);
}

/** Each one once: a system that trusts our CA already has it among its roots. */
function pemOf(certificates: readonly Buffer[]): string {
  return toPemBundle(certificatesIn([toPemBundle(certificates)]));
}

/** Never over the CA's own files, and never in the place of a device or a folder. */
function writeOut(path: string, content: string | Buffer, { certificate, key }: CaOnDisk): void {
  try {
    const target = join(realpathSync(dirname(path)), basename(path));
    const own = [certificate, key].map((file) => join(realpathSync(dirname(file)), basename(file)));
    if (own.includes(target)) throw new UsageError('--out names a file of the CA itself: choose another.');
    const there = lstatSync(target, { throwIfNoEntry: false });
    if (there !== undefined && !there.isFile())
      throw new UsageError('--out names something that is no file: choose another.');
    replaceFile(target, content, 0o644);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new MissingError(`the file of --out cannot be written (${errorCode(error) ?? 'unknown error'}).`, {
      cause: error,
    });
  }
}

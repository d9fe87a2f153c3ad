import type { Signable } from '../index.js';
import { unsignable } from './unsignable.js';

/** Fields that a hop may change, and that AWS's own signer leaves out. */
const neverSigned =
  /^(?:authorization|cache-control|connection|expect|from|keep-alive|max-forwards|pragma|proxy-.*|referer|sec-.*|te|trailer|transfer-encoding|upgrade|user-agent|x-amzn-trace-id)$/;

/** Made anew: see `net/sigv4`. */
const dates: ReadonlySet<string> = new Set(['date', 'x-amz-date']);

/**
 * The headers that a signature has to cover: those that the caller signed, as far as they are there, `host`, and all of `x-amz-…`, which
 * change what AWS does. What stands several times becomes one field: it is signed as one. Throws `unsignable`.
 */
export function headersToSign({ headers, host }: Signable, named: readonly string[]): Readonly<Record<string, string>> {
  const names = new Set(named);
  for (let at = 0; at < headers.raw.length; at += 2) {
    const name = (headers.raw[at] ?? '').toLowerCase();
    if (name.startsWith('x-amz-')) names.add(name);
  }
  const signed: Record<string, string> = { host };
  for (const name of names) {
    const values = headers.all(name);
    if (name === 'host' || values.length === 0 || dates.has(name) || neverSigned.test(name)) continue;
    const value = values.map((one) => one.trim()).join(',');
    // Beyond ASCII, signer and server may take the same bytes for different characters.
    if (/[^\t\x20-\x7e]/.test(value)) throw unsignable('has a value beyond ASCII in a header that is signed');
    if (values.length > 1) headers.set(name, value);
    signed[name] = value;
  }
  return signed;
}

import type { Authority } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import { UsageError } from '../core/usage-error.js';
import { parseAuthority } from '../policy/authority.js';
import { addressBytes } from './address-bytes.js';
import { within } from './address.js';

/** What is reached directly, though there is an upstream proxy: an entry of `no_proxy`. */
export type DirectRule =
  | { readonly of: 'host' | 'below'; readonly host: string; readonly port: number | undefined }
  | { readonly of: 'block'; readonly block: Buffer; readonly bits: number };

/**
 * Reads `host`, `*.host` (one or more labels under it), an IP address, each with or without `:port` (without one: every port), or a
 * block of addresses such as `10.0.0.0/8`. Throws `UsageError` with a sentence that says what is wrong.
 */
export function parseDirectRule(text: string): DirectRule {
  if (/^[\da-f.:]+\//i.test(text)) return parseBlock(text);
  if (text === '*') throw mistake('to reach everything directly, leave the proxy out');
  if (text.startsWith('.')) throw mistake('write "*.example.com" for what stands under a host');
  const below = text.startsWith('*.');
  const { host, port, kind } = readAuthority(below ? text.slice(2) : text);
  if (below && kind !== 'name') throw mistake('an address has nothing under it: write a block such as 10.0.0.0/8');
  return { of: below ? 'below' : 'host', host, port: port === anyPort ? undefined : port };
}

/** Decided by what the request says: a name is not looked up for it, so a block stands for literal addresses alone. */
export function goesDirect(rules: readonly DirectRule[], { host, port, kind }: Authority): boolean {
  const bytes = kind === 'name' ? undefined : addressBytes(host);
  return rules.some((rule) => {
    switch (rule.of) {
      case 'host':
        return rule.host === host && (rule.port ?? port) === port;
      case 'below':
        return kind === 'name' && host.endsWith(`.${rule.host}`) && (rule.port ?? port) === port;
      case 'block':
        return bytes?.length === rule.block.length && within(bytes, rule.block, rule.bits);
    }
  });
}

/** What `parseAuthority` is given for want of a port; no authority can have it. */
const anyPort = 0;

function readAuthority(text: string): Authority {
  try {
    const bare = text.includes(':') && addressBytes(text) !== undefined ? `[${text}]` : text;
    return parseAuthority(bare, anyPort);
  } catch (error) {
    const reason = error instanceof Refusal && typeof error.cause === 'string' ? error.cause : 'it is malformed';
    throw mistake(reason, error);
  }
}

function parseBlock(text: string): DirectRule {
  const [, address = '', digits = ''] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const block = address.includes('%') ? undefined : addressBytes(address);
  const bits = Number(digits);
  if (block === undefined || digits === '' || bits > block.length * 8) {
    throw mistake('it is no block of addresses such as 10.0.0.0/8 or fd00::/8');
  }
  return { of: 'block', block, bits };
}

function mistake(reason: string, cause?: unknown): UsageError {
  return new UsageError(`The entry cannot be used: ${reason}.`, { cause });
}

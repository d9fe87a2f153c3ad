import { valuesOf, type Message } from '../support/strict-reader.js';
import type { Way } from '../support/stage.js';

/** What has to become of a request. */
export type Verdict = 'must' | 'may' | 'refuse';

/** What a strict recipient may refuse, and this one takes. All other doubts it has to refuse. */
const harmless = new Set([
  'an empty line before the request',
  'bytes over 0x7F in a value',
  'a chunk extension',
  'a chunk size with leading zeros',
  'trailers',
]);

export function verdictOn(message: Message, way: Way): Verdict {
  const { start, fields, doubts } = message;
  const [method = '', target = ''] = start.split(' ');
  if (/^(TRACE|TRACK|CONNECT|[^A-Z].*)$|[a-z]/.test(method)) return 'refuse';
  if (pathOf(target, way) === undefined || target.includes('#')) return 'refuse';
  if (!/ HTTP\/1\.[01]$/.test(start)) return 'refuse';
  const is11 = start.endsWith('HTTP/1.1');
  if (doubts.some((doubt) => !harmless.has(doubt) && !(doubt === 'another version than 1.1' && !is11))) return 'refuse';
  const hosts = valuesOf(fields, 'host');
  if (is11 ? hosts.length !== 1 : hosts.length > 1) return 'refuse';
  if (hosts[0] !== undefined && hosts[0].toLowerCase() !== way.host && !/[a-z]:/i.test(hosts[0])) return 'refuse';
  const upgrades = valuesOf(fields, 'upgrade').some((value) => /^websocket$/i.test(value));
  const odd = fields.some(([name]) => /^(range|proxy-.*)$/i.test(name) && name !== 'Proxy-Authorization');
  // One or more spaces part a scheme from its credentials (RFC 9110, section 11.4).
  const password = valuesOf(fields, 'proxy-authorization').map((value) => value.replace(/^Basic +/, 'Basic '));
  if (way.name === 'absolute form' && !way.head.includes(`Proxy-Authorization: ${password[0] ?? '-'}\r\n`))
    return 'refuse';
  if (way.name === 'absolute form' && password.length !== 1) return 'may';
  const plain = /^[\w/.-]+$/.test(pathOf(target, way) ?? '') && (hosts[0] ?? way.host) === way.host;
  return /^[A-Z]+$/.test(method) && plain && !odd && !upgrades ? 'must' : 'may';
}

/** The path that goes to the destination; undefined for a target that leads elsewhere. */
export function pathOf(target: string, way: Way): string | undefined {
  if (way.name !== 'absolute form') return target.startsWith('/') ? target : undefined;
  const origin = way.at('');
  if (!target.toLowerCase().startsWith(origin)) return undefined;
  const path = target.slice(origin.length);
  return path.startsWith('/') ? path : undefined;
}

/** Whether an answer has one reading, and no more doubts than are taken. */
export function isTaken({ start, doubts }: Message): boolean {
  const isOld = /^HTTP\/1\.0 (?!1)/.test(start);
  return doubts.every((doubt) => harmless.has(doubt) || (doubt === 'another version than 1.1' && isOld));
}

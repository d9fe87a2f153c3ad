import { describeRing, type DescribedAuthority, type DescribedRing } from '../ca/describe.js';
import type { Config } from '../config/load.js';
import { systemClock } from '../core/clock.js';
import { readCa } from './ca-source.js';
import type { Invocation } from './command.js';
import type { Terminal } from './terminal.js';

/** `keywright ca show`: 1 where the CA that signs has expired or does not hold yet. */
export function showAuthority(config: Config, invocation: Invocation, terminal: Terminal): number {
  const { mode, certificate, key, ring } = readCa(config);
  const described = describeRing(ring, systemClock.now());
  if (invocation.values['json'] === true) {
    terminal.out(`${JSON.stringify({ mode, certificate_file: certificate, key_file: key, ...described })}\n`);
  } else {
    terminal.out(`mode ${mode}, certificate ${printable(certificate)}, key ${printable(key)}\n\n${inWords(described)}`);
  }
  return described.authorities[0]?.valid === true ? 0 : 1;
}

/** What a rotation has come to, and what comes next. */
export function inWords(described: DescribedRing): string {
  return [...described.authorities.map(authorityInWords), `${phaseInWords(described)}\n`].join('\n');
}

const roles: Readonly<Record<DescribedAuthority['role'], string>> = {
  active: 'signs, and is to be trusted',
  next: 'is to be trusted, and signs next',
  old: 'signed before, and is to be trusted still',
};

function authorityInWords({
  role,
  trust,
  intermediates,
  key,
  permit,
  days_left: days,
  valid,
  trust_is_root: root,
}: DescribedAuthority): string {
  const names = permit === null ? 'any host' : permit.length === 0 ? 'no host' : permit.join(', ');
  const rows = [
    ['', `${printable(trust.subject)}: ${roles[role]}`],
    ['SHA-256', trust.sha256.replace(/..(?=.)/g, '$&:').toUpperCase()],
    ['valid', `${trust.not_before} to ${trust.not_after}, ${valid ? `${days} days left` : 'NOT VALID NOW'}`],
    ['permit', printable(names)],
    ['key', key],
    ...(root ? [] : [['note', 'its root is not in the file, and some clients need it: add it there']]),
    ...intermediates.map(({ subject, not_after: end }) => ['signs by', `${printable(subject)}, until ${end}`]),
  ];
  return rows.map(([name = '', value = '']) => (name === '' ? `${value}\n` : `  ${name.padEnd(9)}${value}\n`)).join('');
}

function phaseInWords({ phase, finishes_at: at, bridged }: DescribedRing): string {
  const bridge =
    bridged === false
      ? ' Clients that trust only the older CA will not accept the newer one: give them the export first.'
      : '';
  switch (phase) {
    case 'steady':
      return 'No rotation is in progress.';
    case 'published':
      return `A rotation is in progress: give clients the export, then \`keywright ca rotate --finish\`${at === null ? '' : `, which comes by itself at ${at}`}.${bridge}`;
    case 'overlap':
      return `A rotation is in progress: once all clients trust the newer CA, \`keywright ca rotate --retire\`.${bridge}`;
  }
}

/** Names of a certificate, and paths, are not for a terminal to obey. */
function printable(text: string): string {
  return text.replace(/[\p{C}\u2028\u2029]/gu, '?');
}

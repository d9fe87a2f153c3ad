import { printable } from './printable.js';

type Fields = Readonly<Record<string, unknown>>;

/** A record as one line for a person. Everything in it may come from whoever could write to the file, so all of it is escaped. */
export function recordRow(record: Fields, time: string): string {
  const cells = [time.padEnd(24), word(record['kind']).padEnd(8), ...told(record)];
  return `${cells
    .filter((cell) => cell !== '')
    .map((cell) => printable(cell, 500))
    .join('  ')
    .trimEnd()}\n`;
}

function told(record: Fields): string[] {
  switch (record['kind']) {
    case 'use':
    case 'end':
    case 'refused':
      return [word(record['client']).padEnd(10), requestOf(record), ...outcomeOf(record), word(record['id'])];
    case 'start':
      return [`instance ${word(record['instance'])}`, named(record, 'version'), named(record, 'policy_rev')];
    case 'secret':
      return secretTold(record);
    case 'reload':
      return [
        word(record['code']) === 'ok' ? '' : word(record['code']),
        named(record, 'policy_rev'),
        named(record, 'previous_rev'),
        listOf(record['changes']),
      ];
    case 'noise':
      return [JSON.stringify(record['counts']), `in ${word(record['seconds'])} s`, listOf(record['client_addresses'])];
    case 'lost':
      return [`${word(record['count'])} records`];
    case 'header':
    case 'checkpoint':
      return [word(record['instance']), named(record, 'day'), named(record, 'reason')];
    default:
      return [word(record['instance'])];
  }
}

function secretTold(record: Fields): string[] {
  const [secret, backend, event, lease, expires, reason] = [
    'secret',
    'backend',
    'event',
    'lease',
    'expires',
    'reason',
  ].map((name) => word(record[name]));
  const until = expires === '' ? '' : `until ${expires}`;
  return [
    secret === '' ? `backend ${backend}` : `secret ${secret}`,
    event ?? '',
    named(record, 'version'),
    lease ?? '',
    until,
    reason ?? '',
  ];
}

function requestOf(record: Fields): string {
  const [method, scheme, host, path] = ['method', 'scheme', 'host', 'path'].map((name) => word(record[name]));
  if (host === '') return word(method);
  const usual = scheme === 'http' ? '80' : '443';
  const port = word(record['port']);
  return `${method} ${scheme}://${host}${port === usual || port === '' ? '' : `:${port}`}${path}`;
}

function outcomeOf(record: Fields): string[] {
  const secrets = Array.isArray(record['secrets']) ? (record['secrets'] as unknown[]).map(secretName) : [];
  if (record['kind'] === 'use')
    return [named(record, 'policy'), secrets.length === 0 ? '' : `secrets ${secrets.join(', ')}`];
  if (record['kind'] === 'refused') return [word(record['code']), named(record, 'policy'), word(record['reason'])];
  return [
    word(record['code']),
    word(record['status']),
    `${word(record['duration_ms'])} ms`,
    Number(record['masked']) > 0 ? `MASKED ${word(record['masked'])}` : '',
  ];
}

function secretName(secret: unknown): string {
  return typeof secret === 'object' && secret !== null && 'name' in secret ? word(secret.name) : '';
}

function named(record: Fields, name: string): string {
  const value = word(record[name]);
  return value === '' ? '' : `${name.replace('_', ' ')} ${value}`;
}

function listOf(value: unknown): string {
  return Array.isArray(value) ? value.map(word).join(', ') : '';
}

/** Texts and numbers; another shape is none of ours. */
function word(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

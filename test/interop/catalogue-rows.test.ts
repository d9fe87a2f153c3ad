import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { services } from '../../src/catalogue/services.js';
import { madeUp } from '../adopt/made-up.js';
import { testAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { elsewhere, refused, rows } from './catalogue-rows.js';
import { companions, shapes } from './catalogue-values.js';
import { clients, keywrightRun, type Ended } from '../support/run.js';
import { writeRunConfig } from '../support/run-config.js';

jest.setTimeout(60_000);

/** What stands in the variables, or in what they hold, and is searched for. */
const secrets: Record<string, string> = {
  ...Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, madeUp(shape)])),
  TWILIO: madeUp('<32 alnum>'),
  MCP_REMOTE: madeUp('<48 alnum>'),
  notion: madeUp('ntn_<46 alnum>'),
  azure: madeUp('<84 alnum>'),
};
/** What the variables hold, as their clients put it on the wire. */
const sent: Record<string, string> = {
  ...secrets,
  OPENAPI_MCP_HEADERS: `Bearer ${secrets['notion']}`,
  PERSONAL_ACCESS_TOKEN: btoa(`me:${secrets['azure']}`),
};
const environment = {
  ...companions,
  ...Object.fromEntries(Object.keys(shapes).map((name) => [name, secrets[name] as string])),
  OPENAPI_MCP_HEADERS: JSON.stringify({ Authorization: sent['OPENAPI_MCP_HEADERS'], 'Notion-Version': '2026-01-01' }),
  PERSONAL_ACCESS_TOKEN: sent['PERSONAL_ACCESS_TOKEN'] as string,
};
/** So that the generic names, and those on the command line, are known. */
const packages = ['@brightdata/mcp', '@azure-devops/mcp', '@twilio-alpha/mcp', 'mcp-remote'];
const commandLine = [
  `AC${madeUp('<32 hex>')}/SK${madeUp('<32 hex>')}:${secrets['TWILIO']}`,
  ...['https://mcp.example.com/mcp', '--header', `Authorization: Bearer ${secrets['MCP_REMOTE']}`],
];

const filled = (text: string, values = sent): string => {
  const whole = text.replace(/\$(\w+)/g, (_, name: string) => values[name] ?? '');
  return whole.startsWith('basic ') ? `Basic ${btoa(whole.slice(6))}` : whole;
};
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const percent = (text: string): string =>
  text.replace(/[^]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
const escaped = (text: string): string =>
  text.replace(/[^]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
/** The forms in which each answer repeats a credential. */
const forms = (secret: string): string[] => [
  secret,
  base64(secret),
  base64(`user:${secret}`),
  encodeURIComponent(secret),
  percent(secret),
  escaped(secret),
];
const valuesOf = (names: readonly string[]): string[] =>
  names.map(
    (name) => secrets[{ OPENAPI_MCP_HEADERS: 'notion', PERSONAL_ACCESS_TOKEN: 'azure' }[name] ?? name] as string,
  );

let origin: Origin;
let folder: string;
let ran: Ended;
let answers: { index: number; status: number; note: string; text: string }[];
let held: Record<string, string>;

beforeAll(async () => {
  const authority = testAuthority();
  const hosts = [...new Set(rows.map(({ url }) => new URL(url).hostname))];
  origin = await startOrigin(authority, hosts, ({ headers }, response) => {
    const values = valuesOf(rows[Number(headers['x-row'])]?.variables ?? []);
    response.writeHead(401, { 'content-type': 'application/json', 'x-note': values.join() });
    response.end(`{"raw":${JSON.stringify(values)},"forms":"${values.flatMap(forms).join(' ')}"}`);
  });
  folder = mkdtempSync(join(tmpdir(), 'keywright-rows-'));
  const config = writeRunConfig(folder, hosts, origin.port, authority);
  const table = join(folder, 'rows.json');
  writeFileSync(table, JSON.stringify({ names: [...Object.keys(shapes), 'PERSONAL_ACCESS_TOKEN'], rows }));
  const command = [process.execPath, `${clients}rows.mjs`, table, ...packages, ...commandLine];
  ran = await keywrightRun(command, { config, folder, environment });
  const [first = '{}', ...lines] = ran.stdout.trim().split('\n');
  held = JSON.parse(first) as typeof held;
  answers = lines.map((line) => JSON.parse(line) as (typeof answers)[number]);
});

afterAll(async () => {
  await origin.close();
  rmSync(folder, { recursive: true });
});

describe('a program that has nothing but placeholders in all variables of the catalogue', () => {
  it('holds none of the credentials, and a placeholder for each', () => {
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('refused') });
    const names = [...new Set(rows.flatMap(({ variables }) => variables))];
    const texts = names.map((name) => held[name] ?? '');
    expect(texts.filter((text) => text === '')).toEqual([]);
    expect(new Set(texts).size).toBe(names.length);
    for (const secret of Object.values(secrets)) expect(JSON.stringify(held)).not.toContain(secret);
  });

  it.each(rows.map((row, index) => [row.service, row.variables.join(), index] as const))(
    'is known to %s by %s, and the credential goes where it belongs and nowhere else (%i)',
    (_, __, index) => {
      const row = rows[index] as (typeof rows)[number];
      const request = origin.seen.find(
        ({ rawHeaders }) => rawHeaders[rawHeaders.indexOf('x-row') + 1] === String(index),
      );
      const url = new URL(filled(row.url));
      expect(request?.url).toBe(url.pathname + url.search);
      const { rawHeaders = [], body = Buffer.alloc(0) } = request ?? {};
      const named = rawHeaders.flatMap((name, at) =>
        at % 2 === 0 ? [[name.toLowerCase(), rawHeaders[at + 1] ?? '']] : [],
      );
      for (const [name, value] of Object.entries(row.headers)) {
        expect(named.filter(([field]) => field === name)).toEqual([[name, filled(value)]]);
      }
      expect(body.toString()).toBe(filled(row.body ?? ''));
      const rest = named.filter(([name = '']) => !(name in row.headers)).flat();
      for (const value of valuesOf(row.variables).flatMap(forms)) expect(rest.join('\n')).not.toContain(value);
      const everything = [request?.url, ...rawHeaders, body.toString()].join('\n');
      const decoded = rawHeaders.map((text) => Buffer.from(text.replace(/^Basic /, ''), 'base64').toString('latin1'));
      for (const placeholder of Object.values(held)) {
        expect(everything).not.toContain(placeholder);
        expect(decoded.join('\n')).not.toContain(placeholder);
      }
    },
  );

  it.each(rows.map((row, index) => [row.service, row.variables.join(), index] as const))(
    'never reads it in an answer of %s that repeats %s in whatever form (%i)',
    (_, __, index) => {
      const { variables } = rows[index] as (typeof rows)[number];
      const { status, text, note } = answers[index] ?? { status: 0, text: '', note: '' };
      expect({ status, text }).toEqual({ status: 401, text: expect.stringMatching(/^\{"raw":\["\*+"/) });
      for (const value of valuesOf(variables).flatMap(forms)) expect(`${text}\n${note}`).not.toContain(value);
    },
  );
});

describe('the table of rows', () => {
  it('has every variable of the catalogue, or names the test that has it', () => {
    const known = services.flatMap(({ variables }) => variables.map(({ name }) => name));
    const told = [...rows.flatMap(({ variables }) => variables), ...Object.keys(elsewhere), ...refused];
    expect(known.filter((name) => !told.includes(name))).toEqual([]);
    const onCommandLine = services.filter(
      ({ variables, arguments: some }) => variables.length === 0 && some !== undefined,
    );
    const served = rows.map(({ service }) => service);
    expect(onCommandLine.map(({ name }) => name).filter((name) => !served.includes(name))).toEqual([]);
    for (const file of Object.values(elsewhere)) expect(existsSync(file)).toBe(true);
  });
});

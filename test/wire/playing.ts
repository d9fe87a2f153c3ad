import { afterAll, beforeAll, it } from '@jest/globals';
import type { Split } from '../support/pieces.js';
import { Playhouse, type Script } from '../support/script.js';
import type { Way } from '../support/stage.js';

/** Bytes for each way to the destination: the same request has another target and other fields there. */
export type Bytes = (way: Way) => string;

/** A name, and what happens. `only` names the ways on which the bytes mean this. */
export interface Row {
  readonly name: string;
  /** What has to happen, or several things of which one has to. */
  readonly script: (way: Way) => Script | readonly Script[];
  readonly only?: readonly Way['name'][];
}

export const tunnels = ['TLS tunnel', 'clear tunnel'] as const;

/** New seeds with each run; a failure names its own, and `KEYWRIGHT_SEED` plays it again. */
const seed = Number(process.env['KEYWRIGHT_SEED'] ?? Date.now() % 1_000_000);
/** Sending each byte by itself takes time: longer scripts are cut at random places only. */
const longestByBytes = 700;

/** Plays each row on each way in one piece, byte by byte and cut at random, and in one piece again: always with the same outcome. */
export function playAll(rows: readonly Row[], limits?: string): void {
  const house = new Playhouse();
  beforeAll(() => house.open(limits));
  afterAll(() => house.close());
  it.each(rows.map((row) => [row.name, row] as const))('%s', async (_, { script, only }) => {
    for (const way of house.ways) {
      if (only?.includes(way.name) === false) continue;
      const written = script(way);
      const scripts = isOne(written) ? [written] : written;
      for (const split of splitsFor(scripts[0]!)) await house.playOne(scripts, way, split);
    }
  });
}

function isOne(script: Script | readonly Script[]): script is Script {
  return typeof script[0] === 'string';
}

function splitsFor(lines: Script): Split[] {
  const length = lines.reduce((sum, line) => sum + (line.includes(' > ') ? line.length : 0), 0);
  const random: Split[] = [{ seed }, { seed: seed + 1 }];
  return ['one piece', ...(length <= longestByBytes ? (['byte by byte'] as const) : []), ...random, 'one piece'];
}

/** A request that is refused with its connection: what comes behind it is nobody's request. */
export function refused(
  name: string,
  status: number,
  bytes: Bytes,
  more: Partial<Row> & { begins?: string; mayBeLost?: boolean } = {},
): Row {
  const { begins, mayBeLost = false, ...rest } = more;
  return {
    name,
    script: (way) => [
      ...(begins === undefined ? [] : [`origin ~ ${begins}`]),
      `client > ${bytes(way)}${smuggled(way)}`,
      `client < refused ${status}${mayBeLost ? ' or cut' : ''}`,
      'client closed',
    ],
    ...rest,
  };
}

/** A request that is refused by itself: the connection takes the next one. */
export function declined(name: string, status: number, bytes: Bytes, more: Partial<Row> = {}): Row {
  return { name, script: (way) => [`client > ${bytes(way)}`, `client < refused ${status}`, 'client open'], ...more };
}

/** A request that has one reading: it arrives as `arrives`, and the connection takes the next one. */
export function served(name: string, bytes: Bytes, arrives: string, more: Partial<Row> = {}): Row {
  return {
    name,
    script: (way) => [
      `client > ${bytes(way)}`,
      `origin < ${arrives}`,
      `origin > ${ok}`,
      'client < HTTP/1.1 200 OK\r\n\r\nok',
      'client open',
    ],
    ...more,
  };
}

export const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

export function smuggled(way: Way): string {
  return `GET ${way.at('/smuggled')} HTTP/1.1\r\n${way.head}\r\n`;
}

export function get(way: Way, fields = '', path = '/'): string {
  return `GET ${way.at(path)} HTTP/1.1\r\n${way.head}${fields}\r\n`;
}

export function post(way: Way, fields: string, body = ''): string {
  return `POST ${way.at('/')} HTTP/1.1\r\n${way.head}${fields}\r\n${body}`;
}

export function chunked(way: Way, body: string): string {
  return post(way, 'Transfer-Encoding: chunked\r\n', body);
}

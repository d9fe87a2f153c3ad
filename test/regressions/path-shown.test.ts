import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusalTeller } from '../../src/cli/report-line.js';
import { lastRecord, own, percent, requestLine, startHeads } from './heads.js';
import { api, exchange, get, outcome, type World } from './world.js';

let world: World;
let secret: string;
let p: string;

beforeAll(async () => {
  world = await startHeads();
  ({ secret, placeholder: p } = world);
});
afterAll(() => world.close());

const mark = '[a credential]';

describe('a path with a credential of the caller in it, refused', () => {
  const refusedPaths: [string, string, () => string, string][] = [
    ['by no policy', 'no_policy', () => `/bot${own}/getUpdates?offset=${own}`, `/bot${mark}/getUpdates`],
    [
      'by no policy, in another spelling',
      'no_policy',
      () => `/%62ot${percent(own)}/getUpdates`,
      `/bot${mark}/getUpdates`,
    ],
    ['by a deny rule', 'denied', () => `/bot${own}/logOut`, `/bot${mark}/logOut`],
    ['as its path reads two ways', 'bad_path', () => `//bot${own}/sendMessage`, mark],
    ['with an encoded slash', 'bad_path', () => `/x%2f..%2fbot${own}/sendMessage`, mark],
    [
      'for a placeholder in the query',
      'placeholder_misplaced',
      () => `/bot${own}/sendMessage?${p}`,
      '[holds a placeholder]',
    ],
  ];

  it.each(refusedPaths)(
    'is neither in the audit log nor in what the operator reads: %s',
    async (_, code, path, shown) => {
      world.reset();
      const reports = world.proxy.reports.length;
      const text = await world.inside(get(path()));
      expect(outcome(text)).toBe(code);
      expect(world.arrived()).toBe('');
      expect(lastRecord(world, 'refused')).toMatchObject({ code, path: shown });
      let told = '';
      for (const report of world.proxy.reports.slice(reports)) refusalTeller((more) => (told += more))(report);
      expect(told).toContain(code);
      for (const written of [told, world.proxy.written(), text]) {
        expect(written).not.toContain(own);
        expect(written.toLowerCase()).not.toContain(percent(own));
      }
    },
  );

  it('is told with a line that would allow it, whatever stands there', async () => {
    const reports = world.proxy.reports.length;
    await world.inside(get(`/bot${own}/getUpdates`));
    let told = '';
    for (const report of world.proxy.reports.slice(reports)) refusalTeller((more) => (told += more))(report);
    expect(told).toContain('paths: ["/*/getUpdates"]');
  });

  it('is hidden for a caller whose policies put nothing in a path', async () => {
    const socket = connect(world.proxy.port, '127.0.0.1');
    await exchange(socket, `GET https://${api}/bot${own}/sendMessage HTTP/1.1\r\nHost: ${api}\r\n\r\n`);
    expect(lastRecord(world, 'refused')).toMatchObject({ client: 'anonymous', path: `/bot${mark}/sendMessage` });
    expect(world.proxy.written()).not.toContain(own);
  });
});

describe('a rule on paths, with a credential in the path', () => {
  it.each([
    ['another method', () => `/bot${own}/getMe`, 'no_policy'],
    ['the method one segment on', () => `/bot${own}/x/sendMessage`, 'no_policy'],
    ['the method behind a slash that is encoded', () => `/bot${own}%2FgetMe/sendMessage`, 'bad_path'],
    ['dot segments', () => `/bot${own}/../getMe/sendMessage`, 'bad_path'],
    ['no segment for the credential', () => '/sendMessage', 'no_policy'],
  ])('decides on what the caller sent, and refuses %s', async (_, path, code) => {
    world.reset();
    expect(outcome(await world.inside(get(path())))).toBe(code);
    expect(world.arrived()).toBe('');
  });

  it.each([
    ['nothing', () => '/bot/sendMessage?chat_id=1', () => `/bot${secret}/sendMessage?chat_id=1`],
    ['a token of its own', () => `/bot${own}/sendMessage`, () => `/bot${secret}/sendMessage`],
    ['a token that is encoded', () => `/b%6ft${percent(own)}/sendMessage`, () => `/bot${secret}/sendMessage`],
    ['its placeholder', () => `/bot${p}/sendMessage`, () => `/bot${secret}/sendMessage`],
  ])('lets the request through with ours where the caller sent %s', async (_, path, expected) => {
    world.reset();
    expect(outcome(await world.inside(get(path())))).toBe('200');
    expect(requestLine(world)).toBe(`GET ${expected()} HTTP/1.1`);
    expect(lastRecord(world, 'use')).toMatchObject({
      policy: 'bot',
      injected: ['path /bot{api}'],
      path: `/bot${mark}/sendMessage`,
    });
    expect(world.leaks()).toEqual([]);
    expect(world.proxy.written()).not.toContain(own);
  });

  it('lets a path through without it that has no place for it', async () => {
    world.reset();
    expect(outcome(await world.inside(get('/other/sendMessage')))).toBe('200');
    expect(requestLine(world)).toBe('GET /other/sendMessage HTTP/1.1');
    expect(lastRecord(world, 'use')).toMatchObject({ policy: 'bot', injected: [], secrets: [] });
  });
});

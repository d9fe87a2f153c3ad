import { describe, expect, it } from '@jest/globals';
import { parseDirectRule } from '../../src/net/direct-rule.js';
import { UpstreamProxy } from '../../src/net/upstream-proxy.js';
import { at, refusal, setting } from './vetting.js';

describe('behind an upstream proxy', () => {
  const proxyAt = (url: string, direct: readonly string[] = []): UpstreamProxy =>
    new UpstreamProxy({
      authority: at(url),
      secure: false,
      caPem: undefined,
      credentials: undefined,
      direct: direct.map(parseDirectRule),
      lookup: () => Promise.reject(new Error('nothing is looked up to vet')),
      isOwn: () => false,
      limits: { lookupTimeout: 1000, addressLifetime: 1000 },
      clock: { now: () => 0, elapsed: () => 0 },
    });
  const proxy = proxyAt('proxy.corp:3128', ['direct.example.com', '10.0.0.0/8']);

  it.each([
    'app.internal',
    'app.corp',
    'printer',
    'a.localhost',
    'metadata.google.internal',
    '8.8.8.8',
    '127.0.0.1',
    '[2606:4700::1]:443',
  ])('%s is refused, without asking DNS', async (host) => {
    const { vetter, asked } = setting({}, {}, { proxy });
    expect(await refusal(() => vetter.vet(at(host)))).toBe('address_refused');
    expect(asked).toEqual([]);
  });

  it.each(['localhost', 'metadata.google.internal', '127.0.0.1', '169.254.169.254', '[::ffff:127.0.0.1]:443'])(
    '%s is refused where private places are allowed too',
    async (host) => {
      const key = host.includes(']') ? '[::ffff:7f00:1]:443' : `${host}:443`;
      const { vetter } = setting({}, { [key]: { allowPrivate: true } }, { proxy });
      expect(await refusal(() => vetter.vet(at(host)))).toBe('address_refused');
    },
  );

  it('we ourselves and the places that secrets come from are refused, as literals and names', async () => {
    const allowed = { allowPrivate: true };
    const destinations = { '203.0.114.1:443': allowed, 'vault.internal:443': allowed, '203.0.114.2:443': allowed };
    const { vetter } = setting({}, destinations, {
      proxy,
      isOwn: (address) => address === '203.0.114.1',
      isBackend: (host) => host === 'vault.internal',
    });
    expect(await refusal(() => vetter.vet(at('203.0.114.1')))).toBe('address_refused');
    expect(await refusal(() => vetter.vet(at('vault.internal')))).toBe('address_refused');
    expect(await refusal(() => vetter.vet(at('203.0.114.2')))).toBe('allowed');
  });

  it.each([
    ['api.example.com', {}],
    ['app.internal', { 'app.internal:443': { allowPrivate: true } }],
    ['10.0.0.1:8443', { '10.0.0.1:8443': { allowPrivate: true } }],
  ])('%s comes at once, and no address with it', (host, destinations) => {
    const through = proxyAt('proxy.corp:3128');
    const { vetter, asked } = setting({}, destinations, { proxy: through });
    expect(vetter.vet(at(host))).toMatchObject({ addresses: [], vetting: 'by upstream proxy', via: through });
    expect(asked).toEqual([]);
  });

  it('the trust and the name of the destination are as without it', () => {
    const destinations = { 'a.example.com:443': { caPem: 'B', serverName: 'b.example.com', allowPrivate: false } };
    const { vetter } = setting({}, destinations, { proxy, trust: ['A'] });
    expect(vetter.vet(at('a.example.com'))).toMatchObject({ caPem: ['A', 'B'], serverName: 'b.example.com' });
  });

  it('what goes past it is looked up and checked, static addresses included', async () => {
    const destinations = { 's.example.com:443': { address: '127.0.0.1:1', allowPrivate: false } };
    const { vetter, asked } = setting({ 'direct.example.com': ['10.0.0.1'] }, destinations, { proxy });
    expect(await refusal(() => vetter.vet(at('direct.example.com')))).toBe('address_refused');
    expect(await refusal(() => vetter.vet(at('10.1.1.1')))).toBe('address_refused');
    expect(await vetter.vet(at('s.example.com'))).toMatchObject({ vetting: 'static' });
    expect(await vetter.vet(at('s.example.com'))).not.toHaveProperty('via');
    expect(asked).toEqual(['direct.example.com']);
  });

  it('the key of a route is another than without it, and for another proxy', async () => {
    const lookup = { 'a.example.com': ['8.8.8.8'] };
    const keys = [
      (await setting(lookup).vetter.vet(at('a.example.com'))).key,
      (await setting(lookup, {}, { proxy }).vetter.vet(at('a.example.com'))).key,
      (await setting(lookup, {}, { proxy: proxyAt('other.corp:3128') }).vetter.vet(at('a.example.com'))).key,
    ];
    expect(new Set(keys).size).toBe(3);
  });
});

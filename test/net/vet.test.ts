import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../src/core/usage-error.js';
import type { Destination } from '../../src/net/destination.js';
import type { Route } from '../../src/net/vet.js';
import { at, refusal, setting } from './vetting.js';

describe('vetting refuses', () => {
  it.each(
    '127.0.0.1 10.0.0.1 169.254.169.254 100.64.0.1 224.0.0.1 0.0.0.0 ::1 fd00::1 fe80::1 ::ffff:10.0.0.1 64:ff9b::7f00:1 nonsense'.split(
      ' ',
    ),
  )('a name that resolves to %s', async (address) => {
    const { vetter } = setting({ 'a.test': [address] });
    expect(await refusal(() => vetter.vet(at('a.test')))).toBe('address_refused');
  });

  it('a name with one bad address among good ones, in whatever order', async () => {
    const { vetter } = setting({ 'a.test': ['8.8.8.8', '10.0.0.1'], 'b.test': ['127.0.0.1', '8.8.8.8'] });
    expect(await refusal(() => vetter.vet(at('a.test')))).toBe('address_refused');
    expect(await refusal(() => vetter.vet(at('b.test')))).toBe('address_refused');
  });

  it.each(['127.0.0.1', '169.254.169.254', '[::1]:443', '[::ffff:127.0.0.1]:443', '[fe80::1]:443'])(
    'the literal %s, without asking DNS',
    async (literal) => {
      const { vetter, asked } = setting({});
      expect(await refusal(() => vetter.vet(at(literal)))).toBe('address_refused');
      expect(asked).toEqual([]);
    },
  );

  it.each(['127.0.0.1', '169.254.169.254', 'fd00:ec2::254', 'fe80::1', '224.0.0.1', '::ffff:127.0.0.1'])(
    '%s also where private addresses are allowed',
    async (address) => {
      const { vetter } = setting({ 'a.test': [address] }, { 'a.test:443': { allowPrivate: true } });
      expect(await refusal(() => vetter.vet(at('a.test')))).toBe('address_refused');
    },
  );

  it('a private address of a name whose other port alone may have one', async () => {
    const { vetter } = setting({ 'a.test': ['10.0.0.1'] }, { 'a.test:8443': { allowPrivate: true } });
    expect(await refusal(() => vetter.vet(at('a.test')))).toBe('address_refused');
    expect(await refusal(() => vetter.vet(at('a.test:8443')))).toBe('allowed');
  });

  it.each(['203.0.114.1', '::ffff:203.0.114.1'])(
    'itself, as %s, on the port it listens on and no other',
    async (address) => {
      const isOwn = (own: string, port: number): boolean => own === '203.0.114.1' && port === 8700;
      const { vetter } = setting({ 'a.test': [address] }, {}, { isOwn });
      expect(await refusal(() => vetter.vet(at('a.test:8700')))).toBe('address_refused');
      expect(await refusal(() => vetter.vet(at('a.test:8701')))).toBe('allowed');
    },
  );

  it('itself as a static address too', async () => {
    const isOwn = (own: string, port: number): boolean => own === '127.0.0.1' && port === 8700;
    const destinations = { 'a.test:443': { address: '127.0.0.1:8700', allowPrivate: false } };
    const { vetter } = setting({}, destinations, { isOwn });
    expect(await refusal(() => vetter.vet(at('a.test')))).toBe('address_refused');
  });

  it.each([
    ['by its name, without asking DNS', 'vault.example.com:8200', []],
    ['under another name, by its address', 'alias.example.com:8200', ['alias.example.com']],
    ['under another name, by its address inside another', 'mapped.example.com:8200', ['mapped.example.com']],
    ['as a static address', 'static.example.com', []],
    ['as a literal', '10.0.0.7:8200', []],
  ])('a place that secrets come from, %s', async (_, authority, looked) => {
    const places = ['vault.example.com', '10.0.0.7'];
    const isBackend = (host: string, port: number): boolean => places.includes(host) && port === 8200;
    const destinations = Object.fromEntries(
      ['vault.example.com:8200', 'alias.example.com:8200', 'mapped.example.com:8200', '10.0.0.7:8200'].map((name) => [
        name,
        { allowPrivate: true },
      ]),
    );
    const { vetter, asked } = setting(
      {
        'vault.example.com': ['10.0.0.7'],
        'alias.example.com': ['10.0.0.7'],
        'mapped.example.com': ['::ffff:10.0.0.7'],
      },
      { ...destinations, 'static.example.com:443': { address: '10.0.0.7:8200', allowPrivate: false } },
      { isBackend },
    );
    expect(await refusal(() => vetter.vet(at(authority)))).toBe('address_refused');
    expect(asked).toEqual(looked);
  });

  it('nothing but a place that secrets come from for being one', async () => {
    const { vetter } = setting({ 'a.test': ['8.8.8.8'] }, {}, { isBackend: (host) => host === 'b.test' });
    expect(await refusal(() => vetter.vet(at('a.test')))).toBe('allowed');
  });

  it('a name that does not exist or has no address', async () => {
    const { vetter } = setting({ 'empty.test': [] });
    expect(await refusal(() => vetter.vet(at('none.test')))).toBe('destination_name');
    expect(await refusal(() => vetter.vet(at('empty.test')))).toBe('destination_name');
  });

  it('a name whose look-up takes too long, also where the look-up never looks at its signal', async () => {
    const lookup = (): Promise<never> => new Promise(() => undefined);
    const limits = { lookupTimeout: 20, addressLifetime: 1000 };
    const { vetter } = setting({}, {}, { lookup, limits });
    expect(await refusal(() => vetter.vet(at('a.test')))).toBe('destination_timeout');
  });

  it('a static address that is none, when it is made', () => {
    expect(() => setting({}, { 'a.test:443': { address: 'b.test', allowPrivate: false } })).toThrow(UsageError);
  });

  it('a rebound name, as soon as the first answer is old', async () => {
    const state = setting({ 'a.test': ['8.8.8.8'] });
    await state.vetter.vet(at('a.test'));
    state.names = { 'a.test': ['127.0.0.1'] };
    const pinned = state.vetter.vet(at('a.test')) as Route;
    expect(pinned.addresses).toEqual([{ address: '8.8.8.8', family: 4 }]);
    state.clock.at += 30_000;
    expect(await refusal(() => state.vetter.vet(at('a.test')))).toBe('address_refused');
  });

  it('with a hint to the operator only where a line of configuration would help', async () => {
    const { vetter } = setting({ 'a.test': ['10.0.0.1'], 'b.test': ['127.0.0.1'] });
    await expect(vetter.vet(at('a.test'))).rejects.toMatchObject({ hint: expect.stringContaining('allow_private') });
    await expect(vetter.vet(at('b.test'))).rejects.toMatchObject({ hint: undefined });
  });
});

describe('a refused name', () => {
  it('is not asked for again within a second, and is after it', async () => {
    const state = setting({});
    expect(await refusal(() => state.vetter.vet(at('a.test')))).toBe('destination_name');
    state.clock.at += 999;
    expect(await refusal(() => state.vetter.vet(at('a.test')))).toBe('destination_name');
    expect(state.asked).toEqual(['a.test']);
    state.clock.at += 1;
    state.names = { 'a.test': ['8.8.8.8'] };
    expect(await refusal(() => state.vetter.vet(at('a.test')))).toBe('allowed');
  });
});

describe('a route', () => {
  it('holds every address in the order of the answer, and the name to verify', async () => {
    const { vetter } = setting({ 'a.test': ['2606:4700::1111', '8.8.8.8'] });
    expect(await vetter.vet(at('a.test:8443'))).toMatchObject({
      addresses: [
        { address: '2606:4700::1111', family: 6 },
        { address: '8.8.8.8', family: 4 },
      ],
      port: 8443,
      serverName: 'a.test',
      caPem: undefined,
      vetting: 'public',
    });
  });

  it.each([
    ['8.8.8.8', '8.8.8.8', 4],
    ['[2606:4700::1111]:443', '2606:4700::1111', 6],
  ])('to the literal %s comes at once and has no server name', (literal, address, family) => {
    const { vetter } = setting({});
    expect(vetter.vet(at(literal))).toMatchObject({
      addresses: [{ address, family }],
      serverName: undefined,
      vetting: 'public',
    });
  });

  it.each(['10.0.0.1', '100.64.0.1', 'fd00::1'])('says where %s was allowed as private', async (address) => {
    const { vetter } = setting({ 'a.test': ['8.8.8.8', address] }, { 'a.test:443': { allowPrivate: true } });
    expect(await vetter.vet(at('a.test'))).toMatchObject({ vetting: 'private allowed' });
  });

  it('takes a static address as it stands, without asking DNS, with its port, name and trust', () => {
    const destination = { address: '127.0.0.1:9443', caPem: 'B', serverName: 'b.test', allowPrivate: false };
    const { vetter, asked } = setting({}, { 'a.test:443': destination }, { trust: ['A'] });
    expect(vetter.vet(at('a.test'))).toMatchObject({
      addresses: [{ address: '127.0.0.1', family: 4 }],
      authority: at('a.test'),
      port: 9443,
      serverName: 'b.test',
      caPem: ['A', 'B'],
      vetting: 'static',
    });
    expect(asked).toEqual([]);
  });

  it('comes without a promise while it is young', async () => {
    const state = setting({ 'a.test': ['8.8.8.8'] });
    const first = await state.vetter.vet(at('a.test'));
    state.clock.at += 29_999;
    expect(state.vetter.vet(at('a.test'))).toBe(first);
    expect(state.asked).toEqual(['a.test']);
    state.clock.at += 1;
    expect(state.vetter.vet(at('a.test'))).toBeInstanceOf(Promise);
  });

  it('holds a bounded number of the addresses of a name, all of which were checked', async () => {
    const many = Array.from({ length: 40 }, (_, i) => `8.8.8.${i + 1}`);
    const { vetter } = setting({ 'a.test': many, 'b.test': [...many, '10.0.0.1'] });
    const route = await vetter.vet(at('a.test'));
    expect(route.addresses.map(({ address }) => address)).toEqual(many.slice(0, 16));
    expect(await refusal(() => vetter.vet(at('b.test')))).toBe('address_refused');
  });

  it('is looked up once for all who ask at the same time', async () => {
    const { vetter, asked } = setting({ 'a.test': ['8.8.8.8'] });
    const [first, second] = await Promise.all([vetter.vet(at('a.test')), vetter.vet(at('a.test'))]);
    expect(first).toBe(second);
    expect(asked).toEqual(['a.test']);
  });

  it('is forgotten, the oldest first, before endless names fill the memory', async () => {
    const names = Object.fromEntries(Array.from({ length: 4097 }, (_, i) => [`h${i}.test`, ['8.8.8.8']]));
    const { vetter } = setting(names);
    for (const name of Object.keys(names)) await vetter.vet(at(name));
    expect(vetter.vet(at('h4096.test'))).not.toBeInstanceOf(Promise);
    expect(vetter.vet(at('h1.test'))).not.toBeInstanceOf(Promise);
    expect(vetter.vet(at('h0.test'))).toBeInstanceOf(Promise);
  });
});

describe('the key of a route', () => {
  const keyOf = async (
    names: readonly string[],
    destination: Partial<Destination> = {},
    host = 'a.test',
  ): Promise<string> => {
    const destinations = { 'a.test:443': { allowPrivate: true, ...destination } };
    return (await setting({ [host]: names }, destinations).vetter.vet(at(host))).key;
  };

  it('is the same for the same addresses in another order', async () => {
    expect(await keyOf(['8.8.8.8', '9.9.9.9'])).toBe(await keyOf(['9.9.9.9', '8.8.8.8']));
  });

  it('is another for another host, address, port, name or trust', async () => {
    const keys = [
      await keyOf(['8.8.8.8']),
      await keyOf(['9.9.9.9']),
      await keyOf(['8.8.8.8', '9.9.9.9']),
      await keyOf(['8.8.8.8'], {}, 'b.test'),
      await keyOf(['8.8.8.8'], { serverName: 'b.test' }),
      await keyOf(['8.8.8.8'], { caPem: 'A' }),
      await keyOf([], { address: '8.8.8.8:444' }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

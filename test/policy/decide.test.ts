import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../src/core/usage-error.js';
import type { Decider } from '../../src/policy/decide.js';
import { agents, api, decider, deny, desk, policy, refusalOf, target } from './rules.js';

describe('a request is refused', () => {
  it.each<[string, Decider<string>, string, string]>([
    ['where there is no policy', decider([]), 'no_policy', 'No policy names this host.'],
    ['on another host', decider([policy('p', { hosts: ['github.com'] })]), 'no_policy', 'No policy names this host.'],
    [
      'on another port',
      decider([policy('p', { hosts: ['api.github.com:80'] })]),
      'no_policy',
      'No policy names this host.',
    ],
    [
      'at the apex of a wildcard',
      decider([policy('p', { hosts: ['*.api.github.com'] })]),
      'no_policy',
      'No policy names this host.',
    ],
    [
      'for another client',
      decider([policy('p', { hosts: ['api.github.com'], clients: ['agents'] })]),
      'no_policy',
      'The policy "p" names this host, but not this client.',
    ],
    [
      'with another method',
      decider([
        policy('p', { hosts: ['api.github.com'], methods: ['POST'] }),
        policy('q', { hosts: ['*.github.com'], clients: [] }),
      ]),
      'no_policy',
      'The policy "p" names this host, but not this method.',
    ],
    [
      'on another path',
      decider([
        policy('m', { hosts: ['api.github.com'], methods: ['POST'] }),
        policy('p', { hosts: ['api.github.com'], methods: ['GET'], paths: ['/users/**'] }),
      ]),
      'no_policy',
      'The policy "p" names this host, but not this path.',
    ],
    [
      'by a deny rule, whatever its place among the rules',
      decider(
        [policy('p', { hosts: ['api.github.com'] })],
        [deny('other', { hosts: ['a.test'] }), deny('d', { hosts: ['*.github.com'] })],
      ),
      'denied',
      'The deny rule "d" forbids it.',
    ],
    [
      'by a deny rule even where no policy allows it',
      decider([], [deny('d', { hosts: ['api.github.com'] })]),
      'denied',
      'The deny rule "d" forbids it.',
    ],
  ])('%s', (_, rules, code, hint) => {
    expect(refusalOf(() => rules.decide(desk, api, 'GET', '/repos/a'))).toMatchObject({ code, hint });
  });

  it('where a path rule would have to judge a path that reads two ways', () => {
    const rules = decider([
      policy('p', { hosts: ['api.github.com'], paths: ['/repos/**'] }),
      policy('all', { hosts: ['api.github.com'] }),
    ]);
    for (const path of [
      '/repos/../user',
      '/repos/%2e%2e/user',
      '//repos',
      '/repos;x/a',
      '/repos%2Fa',
      '/repos\\a',
      '/repos/./a',
    ]) {
      expect(refusalOf(() => rules.decide(desk, api, 'GET', path))).toMatchObject({
        code: 'bad_path',
        hint: 'The policy "p" looks at paths, and this one reads two ways.',
      });
    }
  });

  it('where the path rule is a deny rule, though the policy does not look at paths', () => {
    const rules = decider(
      [policy('p', { hosts: ['api.github.com'] })],
      [deny('keys', { hosts: ['api.github.com'], methods: ['POST'], paths: ['/keys'] })],
    );
    expect(refusalOf(() => rules.decide(desk, api, 'POST', '/a/../keys'))).toMatchObject({
      code: 'bad_path',
      hint: 'The deny rule "keys" looks at paths, and this one reads two ways.',
    });
    expect(rules.decide(desk, api, 'GET', '/a/../keys').policy).toBe('p');
    expect(rules.decide(desk, api, 'POST', '/other').policy).toBe('p');
  });

  it('as denied rather than as ambiguous where one deny rule is sure', () => {
    const rules = decider(
      [],
      [deny('path', { hosts: ['api.github.com'], paths: ['/a'] }), deny('host', { hosts: ['api.github.com'] })],
    );
    expect(refusalOf(() => rules.decide(desk, api, 'GET', '//')).code).toBe('denied');
  });

  it.each(['/repos/a/b/keys', '/repos/a/b/keys/', '/repos/a/b/%6beys', '/repos/a/b/keys?x=1', '/repos/a%3ab/b/keys'])(
    'by a deny rule on a path in each of its spellings: %s',
    (path) => {
      const rules = decider(
        [policy('p', { hosts: ['api.github.com'] })],
        [deny('keys', { hosts: ['api.github.com'], methods: ['POST'], paths: ['/repos/*/*/keys'] })],
      );
      expect(refusalOf(() => rules.decide(desk, api, 'POST', path)).code).toBe('denied');
    },
  );

  it('with a hint that holds nothing of the request', () => {
    const rules = decider([policy('p', { hosts: ['api.github.com'], paths: ['/repos/**'] })]);
    for (const path of ['/hunter2', '/hunter2/../x']) {
      const refusal = refusalOf(() => rules.decide(desk, api, 'HUNTER2', path));
      expect(JSON.stringify([refusal.message, refusal.hint, refusal.cause])).not.toMatch(/hunter2/i);
    }
  });
});

describe('a request is granted', () => {
  it('by the first policy that matches, with its plan', () => {
    const rules = decider([
      policy('write', { hosts: ['api.github.com'], methods: ['POST'] }),
      policy('read', {
        hosts: ['api.github.com'],
        methods: ['GET'],
        paths: ['/repos/**', '/user'],
        unsafeCleartext: true,
      }),
      policy('rest', { hosts: ['*.github.com'] }),
    ]);
    expect(rules.decide(agents, api, 'GET', '/repos/a?q=//')).toEqual({
      policy: 'read',
      action: 'allow',
      plan: 'plan of read',
      caller: agents,
      target: api,
      unsafeCleartext: true,
      unsafeOpaqueUpgrade: false,
      byOperation: true,
      pending: [],
    });
    expect(rules.decide(desk, api, 'HEAD', '/user').policy).toBe('read');
    expect(rules.decide(desk, api, 'POST', '/user').policy).toBe('write');
    expect(rules.decide(desk, api, 'DELETE', '/user').policy).toBe('rest');
    expect(rules.decide(desk, target('uploads.github.com'), 'GET', '/').policy).toBe('rest');
  });

  it('in the order of the configuration, whether hosts are exact or wildcards', () => {
    const exact = policy('exact', { hosts: ['api.github.com'] });
    const wide = policy('wide', { hosts: ['*.com'] });
    expect(decider([wide, exact]).decide(desk, api, 'GET', '/').policy).toBe('wide');
    expect(decider([exact, wide]).decide(desk, api, 'GET', '/').policy).toBe('exact');
  });

  it('by host alone without a look at the path', () => {
    const grant = decider([policy('p', { hosts: ['api.github.com'] })]).decide(desk, api, 'GET', '//../;');
    expect(grant.byOperation).toBe(false);
  });

  it.each([
    ['its own methods', [policy('p', { hosts: ['api.github.com'], methods: ['GET'] })], [], true],
    ['its own paths', [policy('p', { hosts: ['api.github.com'], paths: ['/**'] })], [], true],
    [
      'an earlier policy',
      [policy('o', { hosts: ['api.github.com'], methods: ['PUT'] }), policy('p', { hosts: ['api.github.com'] })],
      [],
      true,
    ],
    [
      'a deny rule',
      [policy('p', { hosts: ['api.github.com'] })],
      [deny('d', { hosts: ['api.github.com'], methods: ['PUT'] })],
      true,
    ],
    [
      'a later policy alone',
      [policy('p', { hosts: ['api.github.com'] }), policy('l', { hosts: ['api.github.com'], methods: ['PUT'] })],
      [],
      false,
    ],
    [
      'rules of other clients alone',
      [
        policy('o', { hosts: ['api.github.com'], clients: ['agents'], methods: ['GET'] }),
        policy('p', { hosts: ['api.github.com'] }),
      ],
      [deny('d', { hosts: ['api.github.com'], clients: ['agents'], methods: ['PUT'] })],
      false,
    ],
    [
      'rules of other hosts alone',
      [policy('p', { hosts: ['api.github.com'] })],
      [deny('d', { hosts: ['a.test'], methods: ['PUT'] })],
      false,
    ],
  ])('and says whether an operation took part: through %s', (_, policies, denials, byOperation) => {
    expect(decider(policies, denials).decide(desk, api, 'GET', '/')).toMatchObject({ policy: 'p', byOperation });
  });
});

describe('rules that cannot be kept are refused when they are compiled', () => {
  it.each([[{ methods: ['GET'] }], [{ paths: ['/**'] }]])('a tunnel with %j', (parts) => {
    expect(() => decider([policy('t', { hosts: ['a.test'], action: 'tunnel', ...parts })])).toThrow(
      new UsageError('The policy "t" is a tunnel, so it cannot look at methods or paths.'),
    );
  });

  it('a path pattern that is none', () => {
    expect(() => decider([policy('p', { hosts: ['a.test'], paths: ['a'] })])).toThrow(UsageError);
    expect(() => decider([], [deny('d', { hosts: ['a.test'], paths: ['/a*'] })])).toThrow(UsageError);
  });
});

/**
 * Microseconds for each decision, in the two shapes of the speed budget. Run after `npm run build`: node bench/decide.mjs
 * Every line is the median of five rounds, with the fastest and slowest.
 */
import { parseAuthority } from '../dist/policy/authority.js';
import { Decider } from '../dist/policy/decide.js';
import { parseHostPattern } from '../dist/policy/host-pattern.js';

const caller = { client: 'desk' };
const common = { clients: ['desk'], action: 'allow', unsafeCleartext: false, unsafeOpaqueUpgrade: false, plan: null };

function target(host) {
  return { scheme: 'https', authority: parseAuthority(host, 443) };
}

function many(count, make) {
  return Array.from({ length: count }, (_, index) => make(index));
}

function measure(shape, budget, decider, requests) {
  const decisions = 20_000;
  const rounds = many(6, () => {
    const started = process.hrtime.bigint();
    for (let i = 0; i < decisions; i += 1) {
      const [host, method, path] = requests[i % requests.length];
      decider.decide(caller, host, method, path);
    }
    return Number(process.hrtime.bigint() - started) / 1000 / decisions;
  });
  const [fastest, , median, , slowest] = rounds.slice(1).sort((a, b) => a - b);
  const verdict = median <= budget ? 'within' : 'OVER';
  console.log(
    `${shape.padEnd(64)} ${median.toFixed(2).padStart(7)} µs (${fastest.toFixed(2)}–${slowest.toFixed(2)}), ${verdict} ${budget} µs`,
  );
}

const tenThousand = many(10_000, (i) => ({
  ...common,
  name: `p${i}`,
  hosts: [parseHostPattern(`h${i}.example${i % 100}.com`)],
}));
const wildcards = many(1_000, (i) => ({
  ...common,
  name: `w${i}`,
  hosts: [parseHostPattern(`*.team${i}.corp.example`)],
}));
const readers = tenThousand.map((rule) => ({ ...rule, methods: ['GET'], paths: ['/v1/items/**'] }));
const deny = [{ name: 'd', hosts: [parseHostPattern('*.com')], methods: ['POST'], paths: ['/v1/keys/**'] }];

measure(
  '10,000 hosts, one policy each',
  5,
  new Decider({ policies: tenThousand, deny: [] }),
  many(997, (i) => [target(`h${i * 10}.example${(i * 10) % 100}.com`), 'GET', '/v1/items/42?fields=name']),
);
measure(
  '10,000 hosts and 1,000 wildcards, five labels deep',
  5,
  new Decider({ policies: [...tenThousand, ...wildcards], deny: [] }),
  many(997, (i) => [target(`a.b.team${i}.corp.example`), 'GET', '/v1/items/42?fields=name']),
);
measure(
  '10,000 hosts, each with methods and paths, and a deny rule',
  5,
  new Decider({ policies: readers, deny }),
  many(997, (i) => [target(`h${i * 10}.example${(i * 10) % 100}.com`), 'GET', '/v1/items/42?fields=name']),
);

function oneHost(make) {
  return new Decider({ policies: many(1_000, (i) => ({ ...common, name: `p${i}`, ...make(i) })), deny: [] });
}
const hosts = [parseHostPattern('api.example.com')];
const api = target('api.example.com');

measure(
  '1,000 policies on one host, told apart by path, the last matches',
  50,
  oneHost((i) => ({ hosts, methods: ['GET'], paths: [`/repos/acme/site-${i}/**`] })),
  [[api, 'GET', '/repos/acme/site-999/issues?page=2']],
);
measure(
  '1,000 policies on one host, every pattern begins with **',
  50,
  oneHost((i) => ({ hosts, paths: [`/**/site-${i}/*`] })),
  [[api, 'GET', '/repos/acme/site-999/issues?page=2']],
);
measure(
  '1,000 policies on one host, half exact and half wildcard',
  50,
  oneHost((i) => ({
    hosts: i % 2 === 0 ? hosts : [parseHostPattern('*.example.com')],
    methods: ['GET'],
    paths: [`/repos/acme/site-${i}/**`],
  })),
  [[api, 'GET', '/repos/acme/site-999/issues?page=2']],
);
measure(
  '1,000 policies on one host, told apart by client, the last matches',
  50,
  oneHost((i) => ({ hosts, clients: [i === 999 ? 'desk' : `client-${i}`] })),
  [[api, 'GET', '/']],
);

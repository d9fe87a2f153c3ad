import { readOnlyOf, readsOf } from './read-only.js';
import { ruleName } from './rule-name.js';
import type { MintingRule, Service } from './service.js';
import { services } from './services.js';

/** docs/services.md: what the catalogue says of each service, as its files have it. */
export function servicesMarkdown(): string {
  return `${introduction}\n${table()}\n${services.map(chapter).join('\n')}`;
}

const introduction = `<!-- Written by \`npm run docs\` from src/catalogue: change it there. -->
# Services

Services that Keywright knows. \`keywright run\` takes their secrets out of the variables in the table and needs no configuration for
them; a configuration names one in \`service\` of a policy. A variable *with* a package has a name that other programs use too: it counts
where the command names that package, or where its value begins as only this service's do.

**New credentials.** Wherever a policy sends a credential to a service, requests that would make, show or widen another one are denied
(code \`denied\`): what an allowed program is handed, it holds, and nobody can take it back from there. Each rule has a name,
such as \`github/deploy-keys\`: \`unsafe_minting: [github/deploy-keys]\` in the configuration lets what it denies through, and
\`unsafe_minting: [github]\` all of the service. What is bound to one narrow thing (a socket, an upload, one customer's page) and ends
by itself is no such credential: it is said for each service what is let through, and why. Such a rule does not look at case, at a \`.json\` at the end or at
doubled slashes, and tries an encoded slash both ways; a path that still reads two ways is refused. It cannot see into a body: GraphQL,
MCP and other interfaces that name what they do in a body are said for each service. Invitations and memberships are not covered.
An instance of your own is covered where the policy says \`service: NAME\`, and by \`run\`, which knows the hosts from its variables.

**Read-only.** \`access: read-only\` beside \`service: NAME\` in a policy, or \`keywright run --read-only\`, allows the listed requests and
nothing else. It is a list of paths that were looked at one by one: what shows credentials, hands out data in bulk or changes something
is not in it, and neither are batch endpoints. \`*\` is one segment of a path, \`**\` any number of them; HEAD goes with GET.

**Read in** says where the paths come from. \`memory\` means that nobody looked them up: check those before you rely on them.
`;

function table(): string {
  const rows = services.map((service) => {
    const { name, hosts, hostsFrom = [], variables, packages = [], minting } = service;
    const only = ` (with ${packages.map(code).join(', ')})`;
    const sources = [...hostsFrom, ...variables.flatMap((variable) => variable.hostsFrom ?? [])];
    const from = [...new Set(sources.map(({ variable }) => `by \`${variable}\``))];
    const cells = [
      `[${name}](#${name})`,
      [...hosts.map(code), ...from].join(', '),
      variables.map((variable) => code(variable.name) + (variable.generic === true ? only : '')).join(', '),
      'rules' in minting ? String(minting.rules.length) : 'none',
      'hosts' in readOnlyOf(service) ? 'yes' : 'no',
      'rules' in minting ? sourceOf(minting.read) : '',
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| Service | Hosts | Variables | Rules on new credentials | Read-only | Their paths |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** In one word, for the table. */
function sourceOf(read: string): string {
  if (read.startsWith('memory')) return 'memory';
  return read.includes('memory') ? 'looked up in part' : 'looked up';
}

function chapter(service: Service): string {
  return [
    `## ${service.name}`,
    '',
    ...(service.note === undefined ? [] : [service.note, '']),
    ...mintingLines(service),
    ...readLines(service),
    '',
  ].join('\n');
}

function mintingLines(service: Service): string[] {
  const { minting } = service;
  if ('none' in minting) return [`**New credentials:** no rules: ${minting.none}.`, ''];
  const unseen = minting.unseen === undefined ? [] : [`Not seen: ${minting.unseen}.`, ''];
  const letThrough = minting.letThrough === undefined ? [] : [`Let through: ${minting.letThrough}.`, ''];
  return [
    '**New credentials**, denied:',
    '',
    ...minting.rules.map((rule) => ruleLine(service, rule)),
    '',
    ...letThrough,
    ...unseen,
    `Read in: ${minting.read}.`,
    '',
  ];
}

function ruleLine(service: Service, rule: MintingRule): string {
  const { what, methods, paths, hosts, unless } = rule;
  const at = hosts === undefined ? '' : ` (at ${byRegion(hosts).map(code).join(', ')})`;
  const but = unless === undefined ? '' : `; but for a POST whose form names ${unless.map(code).join(', ')}`;
  return `- ${code(ruleName(service, rule))}: ${what}${at}: ${methods === 'all' ? 'every method' : 'POST, PUT, PATCH'} ${paths.map(code).join(', ')}${but}`;
}

/** One name for the hosts that a service of AWS has in each region. */
function byRegion(hosts: readonly string[]): readonly string[] {
  return [...new Set(hosts.map((host) => host.replace(/\.[a-z]{2}(?:-[a-z]+)+-\d\./, '.REGION.')))];
}

function readLines(service: Service): string[] {
  const variant = readOnlyOf(service);
  if ('none' in variant) return [`**Read-only:** no list: ${variant.none}.`];
  const hosts = variant.hosts.length === 0 ? 'an instance of your own' : variant.hosts.map(code).join(', ');
  const why = variant.posts === undefined ? [] : ['', `POST, because ${variant.posts.why}.`];
  const lists = readsOf(variant)
    .filter(({ paths }) => paths.length > 0)
    .map(({ methods, paths }) => `- ${methods.join(', ')} ${paths.map(code).join(', ')}`);
  return [
    `**Read-only**, at ${hosts}:`,
    '',
    ...lists,
    ...why,
    '',
    `Left out: ${variant.leftOut}.`,
    '',
    ...(variant.shows === undefined ? [] : [`Shown all the same: ${variant.shows}.`, '']),
    `Read in: ${variant.read}.`,
  ];
}

function code(text: string): string {
  return `\`${text}\``;
}

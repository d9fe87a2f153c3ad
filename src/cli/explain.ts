import { openRules } from '../app.js';
import type { Config } from '../config/load.js';
import { HeaderList } from '../core/header-list.js';
import type { Authority } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import { MissingError, UsageError } from '../core/usage-error.js';
import { chooseInjections, chooseToken } from '../inject/choose.js';
import { concealed } from '../inject/index.js';
import { goesDirect } from '../net/direct-rule.js';
import { formatAuthority } from '../policy/authority.js';
import type { Placeholders } from '../inject/placeholder.js';
import { parseAbsoluteTarget } from '../policy/target.js';
import { findRecord } from './audit-record.js';
import { listOption, textOption, type Command, type Invocation } from './command.js';
import { configOption, requireConfig } from './configuration.js';
import { inWords, type Answer, type Question } from './explanation.js';
import { openPlaceholders } from './placeholder-key.js';

export const explain: Command = {
  name: 'explain',
  help: `
keywright explain GET https://api.example.com/repos/acme/site --client desk
keywright explain 3f0e9c1a-8a49-4d43-8a55-1f6a4f0c2b77

Tries every rule in order and says why it matches or not, which one decides, which secret would go where (names only),
and which line would allow it. With a request id (from a refusal or the audit log) it asks again for that request.
Nothing is sent and no secret is fetched. Exit 0 where it is allowed, 1 where it is refused.

      --client NAME       who asks (else the only client of the configuration)
      --header 'K: V'     a header of the request, any number of times: placeholders in it are looked for
  -c, --config FILE       the configuration
      --json              the output as JSON
`,
  options: {
    ...configOption,
    client: { type: 'string' },
    header: { type: 'string', multiple: true },
    json: { type: 'boolean' },
  },
  run(invocation, terminal) {
    const config = requireConfig(invocation, terminal);
    const question = readQuestion(invocation, config);
    const placeholders = openPlaceholders(config, terminal);
    const rules = openRules(config, placeholders);
    const answer = explained(config, question, rules, placeholders);
    const shown = { ...question, path: rules.showPath(question.target.authority, question.path) };
    terminal.out(invocation.values['json'] === true ? `${JSON.stringify(answer)}\n` : inWords(shown, answer));
    return Promise.resolve(answer.outcome === 'allow' || answer.outcome === 'tunnel' ? 0 : 1);
  },
};

function explained(
  config: Config,
  { client, method, target, path, headers }: Question,
  { decider, showPath }: ReturnType<typeof openRules>,
  placeholders: Placeholders,
): Answer {
  const upstreamProxy = proxyFor(config, target.authority);
  const found = decider.explain({ client }, target, method, path);
  const canonicalPath = found.canonicalPath === undefined ? undefined : showPath(target.authority, found.canonicalPath);
  const explanation = { ...found, canonicalPath, upstreamProxy };
  if (explanation.outcome !== 'allow') return { ...explanation, injections: [], refusal: undefined };
  try {
    const grant = decider.decide({ client }, target, method, path);
    if (grant.tokenEndpoint !== undefined) {
      const { secret, others = [] } = grant.tokenEndpoint;
      if (method !== 'POST') throw new Refusal('method_refused');
      chooseToken({ target, secret }, { method, path, headers }, new HeaderList(), { client }, placeholders);
      return {
        ...explanation,
        injections: [],
        placeholderFor: [secret, ...others.map((one) => one.secret)].join(' or '),
        refusal: undefined,
      };
    }
    const firing = chooseInjections(
      grant,
      { method, path, headers },
      { client },
      placeholders,
      headers.first('upgrade')?.toLowerCase() === 'websocket',
    );
    return {
      ...explanation,
      injections: grant.plan.map((injection) => ({
        place: injection.place,
        secrets: injection.secrets,
        mode: injection.mode,
        fires: firing.includes(injection),
        inBody: injection.holds !== undefined && injection.sign === undefined,
      })),
      refusal: undefined,
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return {
      ...explanation,
      outcome: 'refused',
      injections: [],
      refusal: { code: error.code, message: error.message },
    };
  }
}

/** The proxy that it would leave through, without a look at any address. */
function proxyFor({ upstream: { proxy }, destinations }: Config, authority: Authority): string | undefined {
  if (proxy === undefined || destinations.get(formatAuthority(authority))?.address !== undefined) return undefined;
  if (goesDirect(proxy.direct, authority)) return undefined;
  return `${proxy.secure ? 'https' : 'http'}://${formatAuthority(proxy.authority)}`;
}

function readQuestion(invocation: Invocation, config: Config): Question {
  const [first, url, ...more] = invocation.positionals;
  if (first === undefined || more.length > 0)
    throw new UsageError('say `keywright explain METHOD URL` or `keywright explain REQUEST-ID`.');
  if (url === undefined) return recorded(first, config);
  const absolute = parseUrl(url);
  return {
    client: clientOf(invocation, config),
    method: first.toUpperCase(),
    ...absolute,
    headers: new HeaderList(listOption(invocation, 'header').flatMap(headerField)),
  };
}

function parseUrl(url: string): Pick<Question, 'target' | 'path'> {
  try {
    return parseAbsoluteTarget(url);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new UsageError('the URL cannot be used: write it whole, as https://api.example.com/path.');
  }
}

function headerField(line: string): [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*?)\s*$/.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new UsageError("--header takes 'Name: value'.");
  return [name, value];
}

function clientOf(invocation: Invocation, config: Config): string {
  const name = textOption(invocation, 'client');
  if (name === undefined) return onlyClient(config);
  if (config.clients.some((known) => known.name === name) || (name === 'anonymous' && config.unsafeAnonymous))
    return name;
  throw new MissingError('the configuration has no client of this name: see `keywright client list`.');
}

function onlyClient(config: Config): string {
  const [only, ...more] = config.clients;
  if (only === undefined && config.unsafeAnonymous) return 'anonymous';
  if (only === undefined || more.length > 0) throw new UsageError('say who asks: --client NAME.');
  return only.name;
}

function recorded(id: string, config: Config): Question {
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new UsageError('a request id has the form of a UUID.');
  const record = findRecord(config, id);
  if (record === undefined) throw new MissingError('no audit log of this configuration has a record of this request.');
  const { client = '', method, scheme, host, port, path = '/' } = record;
  if (!/^[/*]/.test(path))
    throw new UsageError('the record of this request does not have its path, which held something secret.');
  const bracketed = host.includes(':') ? `[${host}]` : host;
  const url = `${scheme}://${bracketed}:${port}${path.replaceAll(concealed, 'credential')}`;
  return { client, method, ...parseUrl(url), headers: new HeaderList() };
}

import { madeUp } from '../adopt/made-up.js';
import type { Asked, Said, Vendor } from './vendor-server.js';

/** The bytes that each client sends as a file. */
const file = Buffer.from([0, 255, 13, 10, 45, 45]);

export const keys = {
  stripe: madeUp('sk_test_<99 alnum>'),
  stripeRestricted: madeUp('rk_live_<99 alnum>'),
  github: madeUp('ghp_<36 alnum>'),
  account: madeUp('AC<32 hex>'),
  accountToken: madeUp('<32 hex>'),
  apiKey: madeUp('SK<32 hex>'),
  apiSecret: madeUp('<32 alnum>'),
  googleKey: madeUp('AIza<35 base64url>'),
  googleClient: madeUp('GOCSPX-<28 base64url>'),
  googleConsent: madeUp('1//0<64 base64url>'),
  mailConsent: madeUp('1//0<64 base64url>'),
  discord: madeUp('<26 base64url>.<6 base64url>.<38 base64url>'),
};

/** `answers` by `METHOD /path`; a path with `echo` in it is refused by words that repeat the credential. */
function vendor(
  hosts: readonly string[],
  isKnown: (asked: Asked) => boolean,
  refusal: (shown: string) => unknown,
  answers: Readonly<Record<string, (asked: Asked) => unknown>>,
  more: Partial<Vendor> = {},
): Vendor {
  return {
    ...{ hosts, isKnown },
    answer: (asked): Said | undefined => {
      if (asked.path.includes('echo')) return { status: 403, json: refusal(shownBy(asked)) };
      const said = answers[`${asked.method} ${asked.path}`]?.(asked);
      return said === undefined ? undefined : isSaid(said) ? said : { json: said };
    },
    ...more,
  };
}

const isSaid = (value: unknown): value is Said => typeof value === 'object' && value !== null && 'json' in value;

function shownBy({ headers, query }: Asked): string {
  const [scheme = '', text = ''] = (headers.authorization ?? `key ${query.get('key') ?? ''}`).split(' ');
  return scheme === 'Basic' ? Buffer.from(text, 'base64').toString('utf8') : text;
}

const sent =
  (...schemes: readonly string[]) =>
  ({ headers }: Asked): boolean =>
    schemes.includes(headers.authorization ?? '');

const form = ({ body }: Asked): URLSearchParams => new URLSearchParams(body.toString('utf8'));
const json = ({ body }: Asked): Record<string, unknown> => JSON.parse(body.toString('utf8')) as Record<string, unknown>;
const hasFile = ({ headers, body }: Asked): boolean =>
  (headers['content-type'] ?? '').startsWith('multipart/') && body.includes(file);

const stripe = vendor(
  ['api.stripe.com', 'files.stripe.com'],
  sent(`Bearer ${keys.stripe}`, `Bearer ${keys.stripeRestricted}`),
  (shown) => ({ error: { type: 'invalid_request_error', message: `Invalid API Key provided: ${shown}` } }),
  {
    'POST /v1/customers': (asked) => {
      const given = [form(asked).get('name'), form(asked).get('metadata[team]'), asked.headers['idempotency-key']];
      return given.join() === 'Ann & Bob,ä b,once' ? { object: 'customer', id: 'cus_9' } : undefined;
    },
    'GET /v1/customers': ({ query }) => {
      const first = query.get('starting_after') === null;
      const data = (first ? ['cus_1', 'cus_2'] : ['cus_3']).map((id) => ({ object: 'customer', id }));
      return { object: 'list', has_more: first, data, url: '/v1/customers' };
    },
    'POST /v1/files': (asked) => (hasFile(asked) ? { object: 'file', id: 'file_1' } : undefined),
  },
);

const github = vendor(
  ['api.github.com', 'uploads.github.com'],
  sent(`token ${keys.github}`),
  (shown) => ({ message: `Bad credentials: ${shown}` }),
  {
    'GET /repos/acme/site/issues': ({ query }) => {
      const next = '<https://api.github.com/repos/acme/site/issues?per_page=2&page=2>; rel="next"';
      return query.has('page') ? [{ id: 3 }] : { json: [{ id: 1 }, { id: 2 }], headers: { link: next } };
    },
    'POST /repos/acme/site/issues': (asked) =>
      json(asked)['title'] === 'It broke' ? { status: 201, json: { id: 9 } } : undefined,
    'POST /repos/acme/site/releases/1/assets': ({ query, body }) =>
      query.get('name') === 'a b.zip' && body.equals(file) ? { status: 201, json: { id: 7 } } : undefined,
    'POST /graphql': () => ({ data: { viewer: { login: 'mona' } } }),
  },
);

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const messages = `/2010-04-01/Accounts/${keys.account}/Messages`;

const twilio = vendor(
  ['api.twilio.com', 'lookups.twilio.com'],
  sent(basic(keys.account, keys.accountToken), basic(keys.apiKey, keys.apiSecret)),
  (shown) => ({ code: 20003, message: `Authenticate: ${shown}`, status: 403 }),
  {
    [`POST ${messages}.json`]: (asked) =>
      form(asked).get('Body') === 'hello & ä' ? { status: 201, json: { sid: 'SM9' } } : undefined,
    [`GET ${messages}.json`]: ({ query }) => {
      const first = !query.has('Page');
      const found = (first ? ['SM1', 'SM2'] : ['SM3']).map((sid) => ({ sid }));
      return { messages: found, next_page_uri: first ? `${messages}.json?Page=1&PageSize=2` : null };
    },
    'GET /v2/PhoneNumbers/+15005550009': () => ({ phone_number: '+15005550009' }),
  },
);

const tokens: string[] = [];
/** Good for mail alone: nobody may come to the drive with one. */
const mailTokens: string[] = [];
const issue = (asked: Asked): Said => {
  const { refresh_token, client_secret, client_id } = Object.fromEntries(form(asked));
  const consents = { [keys.googleConsent]: tokens, [keys.mailConsent]: mailTokens };
  const kept = consents[refresh_token ?? ''];
  if (kept === undefined || client_secret !== keys.googleClient || client_id !== 'desk-app')
    return { status: 400, json: { error: 'invalid_grant' } };
  kept.push(madeUp('ya29.<100 base64url>'));
  return { json: { access_token: kept.at(-1), token_type: 'Bearer', expires_in: 3599, scope: 'drive' } };
};
const google = vendor(
  ['www.googleapis.com', 'oauth2.googleapis.com'],
  ({ host, path, query, headers }) =>
    (host === 'oauth2.googleapis.com' && path === '/token') ||
    query.get('key') === keys.googleKey ||
    tokens.includes(headers.authorization?.replace('Bearer ', '') ?? ''),
  (shown) => ({ error: { code: 403, message: `API key or token not valid: ${shown}`, status: 'PERMISSION_DENIED' } }),
  {
    'POST /token': issue,
    'GET /drive/v3/files': ({ query }) =>
      query.has('pageToken')
        ? { files: [{ id: 'f3' }] }
        : { files: [{ id: 'f1' }, { id: 'f2' }], nextPageToken: 'a/b+c==' },
    'POST /upload/drive/v3/files': (asked) => (hasFile(asked) ? { id: 'f7' } : undefined),
    'POST /drive/v3/files': (asked) => (json(asked)['name'] === 'f' ? { id: 'f9' } : undefined),
    'GET /drive/v3/files/content': () => ({ headers: { 'content-type': 'text/plain' }, json: 'what is in it' }),
  },
);

/** Google's access tokens, which it makes as it is asked. */
export const issued: readonly string[] = tokens;

const resumeHost = 'gateway-us-east1-b.discord.gg';
const ready = {
  v: 10,
  user: { id: '5', username: 'robot', discriminator: '0', avatar: null, bot: true },
  guilds: [],
  session_id: 's',
  resume_gateway_url: `wss://${resumeHost}`,
  application: { id: '5', flags: 0 },
};
const discord = vendor(
  ['discord.com', 'gateway.discord.gg', resumeHost],
  sent(`Bot ${keys.discord}`),
  (shown) => ({ code: 50001, message: `Missing Access: ${shown}` }),
  {
    'GET /api/v10/channels/1/messages': ({ query }) =>
      query.has('before') ? [{ id: '1' }] : [{ id: '3' }, { id: '2' }],
    'POST /api/v10/channels/1/messages': (asked) => {
      if (hasFile(asked)) return { id: '7' };
      return json(asked)['content'] === 'hello ä' ? { id: '9' } : undefined;
    },
    'GET /api/v10/gateway/bot': () => ({
      ...{ url: 'wss://gateway.discord.gg', shards: 1 },
      session_start_limit: { total: 1000, remaining: 999, reset_after: 1000, max_concurrency: 1 },
    }),
  },
  {
    // Opcodes: 0 dispatch, 1 heartbeat, 2 identify, 6 resume, 9 invalid session, 10 hello, 11 heartbeat's answer.
    onSocket: (socket, host) => {
      const send = (message: object): void => socket.send(JSON.stringify(message));
      socket.on('message', (data) => {
        const { op, d } = JSON.parse((data as Buffer).toString('utf8')) as { op: number; d: { token?: string } | null };
        if (op === 1) send({ op: 11 });
        if (op !== 2 && op !== 6) return;
        if (d?.token !== keys.discord) send({ op: 9, d: false });
        else if (op === 2) {
          send({ op: 0, t: 'READY', s: 1, d: ready });
          // What it repeats of the token is masked in what is received, too.
          socket.close(4000, 'come again');
        } else if (host === resumeHost) send({ op: 0, t: 'RESUMED', s: 2, d: {} });
      });
      send({ op: 10, d: { heartbeat_interval: 41_250 } });
    },
  },
);

export const vendors: readonly Vendor[] = [stripe, github, twilio, google, discord];

import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { testAuthority } from '../support/certificates.js';
import { startRawOrigin } from '../support/origin.js';
import { generatedSecret, openSecureTunnel, startProxy, type ProxySetup, type TestProxy } from '../support/proxy.js';

/** The credentialed destination of nearly all attacks. */
export const api = 'api.example.com';

/** A running proxy, one destination that answers in literal bytes, and a secret to go after. */
export interface World {
  readonly proxy: TestProxy;
  readonly secret: string;
  /** What the client `desk` sends in place of the secret. */
  readonly placeholder: string;
  /** The secret of desk's proxy credentials. */
  readonly password: string;
  /** Every byte that came to the destination since the last `reset`, as Latin-1. */
  arrived(): string;
  /** Connections the destination has had. */
  connections(): number;
  reset(answer?: Answer): void;
  /** Literal bytes to the proxy in the clear; `AUTH` in them stands for desk's Proxy-Authorization line. */
  ask(bytes: string, until?: RegExp): Promise<string>;
  /** Literal bytes inside an intercepted tunnel. */
  inside(bytes: string | Buffer, until?: RegExp): Promise<string>;
  /** What must not be read in any of these texts, nor since the last `reset` in the audit files or in what the operator is told. */
  leaks(...texts: string[]): string[];
  close(): Promise<void>;
}

/** What the destination sends once a request head has come; pieces are written one by one. */
export type Answer = (head: string, socket: Socket) => string | Buffer | readonly (string | Buffer)[] | undefined;

export const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

const injecting = `
secrets:
  api: { from: env, name: TOKEN, hosts: [${api}] }
policies:
  - name: api
    hosts: [${api}]
    inject: [{ place: header, name: authorization, template: "Bearer {api}" }]
limits: { drain_timeout: 300ms }
`;

export async function startWorld(
  setup: Partial<Omit<ProxySetup, 'authority' | 'environment'>> & { readonly secret?: string } = {},
): Promise<World> {
  const { secret = generatedSecret(), ...rest } = setup;
  const authority = testAuthority();
  let arrived = '';
  let answer: Answer = () => ok;
  let since = { written: 0, reports: 0 };
  const origin = await startRawOrigin(authority, [api], (socket) => {
    let text = '';
    socket.on('data', (bytes) => {
      arrived += bytes.toString('latin1');
      text += bytes.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      const pieces = answer(text, socket);
      if (pieces === undefined) return;
      text = '';
      for (const piece of typeof pieces === 'string' || Buffer.isBuffer(pieces) ? [pieces] : pieces) {
        socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
      }
    });
  });
  const proxy = await startProxy({
    yaml: injecting,
    ...rest,
    origins: { [`${api}:443`]: origin.port, ...rest.origins },
    authority,
    environment: { TOKEN: secret },
  });
  const placeholder = proxy.placeholders.of('desk', 'api') ?? '';
  const password = Buffer.from(proxy.authorization.slice('Basic '.length), 'base64').toString().replace('desk:', '');
  return {
    proxy,
    secret,
    placeholder,
    password,
    arrived: () => arrived,
    connections: () => origin.connections(),
    reset(next = () => ok) {
      arrived = '';
      answer = next;
      since = { written: proxy.written().length, reports: proxy.reports.length };
    },
    ask: (bytes, until) =>
      exchange(
        connect(proxy.port, '127.0.0.1'),
        bytes.replace('AUTH', `Proxy-Authorization: ${proxy.authorization}`),
        until,
      ),
    inside: async (bytes, until) => exchange(await openSecureTunnel(proxy, `${api}:443`), bytes, until),
    leaks: (...texts) =>
      leaksIn([...texts, proxy.written().slice(since.written), told(proxy.reports.slice(since.reports))], {
        secret,
        placeholder,
        password,
      }),
    async close() {
      await inTime(proxy.close(), 4000);
      await origin.close();
    },
  };
}

/** A request for the credentialed destination, as it stands inside its tunnel. */
export function get(path = '/', ...lines: string[]): string {
  return [`GET ${path} HTTP/1.1`, `Host: ${api}`, ...lines, '', ''].join('\r\n');
}

/** An answer as a JSON refusal, or the head of an ordinary one. */
export const answered = /\}\n$|ok$/;

/** The code of a refusal, else the status. */
export function outcome(text: string): string {
  return /"code":"(\w+)"/.exec(text)?.[1] ?? text.slice(9, 12);
}

/** Sends literal bytes and reads until `until` is seen, the other side closes, or nothing has come for six seconds. */
export async function exchange(socket: Socket, bytes: string | Buffer, until: RegExp = answered): Promise<string> {
  let text = '';
  socket.on('error', () => undefined);
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  socket.setTimeout(6000);
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (until.test(text)) resolve();
    });
    socket.once('close', resolve).once('end', resolve).once('timeout', resolve);
  });
  socket.destroy();
  return text;
}

/** Everything an operator's tool could show of what it was told, causes of errors and hidden members included. */
export function told(reports: TestProxy['reports']): string {
  return inspect(reports, { depth: 12, showHidden: true, maxStringLength: null, maxArrayLength: null });
}

function leaksIn(
  texts: readonly string[],
  { secret, placeholder, password }: Pick<World, 'secret' | 'placeholder' | 'password'>,
): string[] {
  const forms: [name: string, form: string][] = [
    ['the secret', secret],
    ['the secret in base64', Buffer.from(secret).toString('base64').replace(/.?=+$/, '')],
    ['the secret in hex', Buffer.from(secret).toString('hex')],
    ['the placeholder', placeholder],
    ['the proxy password', password],
    ['the proxy password in base64', Buffer.from(`desk:${password}`).toString('base64')],
  ];
  return forms.filter(([, form]) => texts.some((text) => text.includes(form))).map(([name]) => name);
}

/** What a WebSocket server answers to a key (RFC 6455 section 4.2.2). */
export function acceptOf(head: string): string {
  const key = /sec-websocket-key: (\S+)/i.exec(head)?.[1] ?? '';
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

/** A proxy that does not come to its end would hold the whole suite up. */
export async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

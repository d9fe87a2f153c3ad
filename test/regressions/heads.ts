import { randomBytes } from 'node:crypto';
import { api, startWorld, type World } from './world.js';

/** A token of the caller's own: it is no secret of ours, and still belongs in no log. */
export const own = `987654321:${randomBytes(26).toString('base64url')}`;

export const percent = (text: string): string => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('');

/** The request line that has arrived at the destination. */
export const requestLine = (world: World): string => world.arrived().split('\r\n', 1)[0] ?? '';

/** The Cookie lines that have. */
export const cookieLines = (world: World): readonly string[] => world.arrived().match(/^cookie: .*$/gim) ?? [];

export const lastRecord = (world: World, kind: string) =>
  world.proxy
    .records()
    .filter((record) => record.kind === kind)
    .at(-1);

/** A world in which every place of the head is used in each mode, with a secret that has to be encoded in a query. */
export const startHeads = (): Promise<World> =>
  startWorld({
    secret: `110201543:s3cr3t+${randomBytes(18).toString('base64url')}=`,
    yaml: `
unsafe_anonymous: true
secrets:
  api: { from: env, name: TOKEN, hosts: [${api}], placeholder: "<10 digits>:<35 base64url>" }
  other: { from: env, name: TOKEN, hosts: [${api}] }
deny:
  - { name: no-logout, hosts: [${api}], paths: [/*/logOut] }
policies:
  - name: bot
    clients: [desk]
    hosts: [${api}]
    methods: [GET, POST]
    paths: [/*/sendMessage]
    inject: [{ place: path, template: "/bot{api}" }]
  - name: files
    clients: [desk]
    hosts: [${api}]
    paths: [/file/**]
    inject: [{ place: path, template: "/file/bot{api}", mode: substitute }]
  - name: maps
    clients: [desk]
    hosts: [${api}]
    paths: [/maps/**]
    inject: [{ place: query, name: key, template: "{api}" }]
  - name: boards
    clients: [desk]
    hosts: [${api}]
    paths: [/boards/**]
    inject:
      - { place: query, name: key, template: "{api}", mode: substitute }
      - { place: query, name: token, template: "{other}", mode: substitute }
  - name: session
    clients: [desk]
    hosts: [${api}]
    paths: [/session/**]
    inject: [{ place: cookie, name: d, template: "{api}" }]
  - name: chat
    clients: [desk]
    hosts: [${api}]
    paths: [/chat/**]
    inject: [{ place: cookie, name: d, template: "{api}", mode: substitute }]
  - name: anything
    hosts: [${api}]
    paths: [/open/**]
    inject: [{ place: query, name: key, template: "{api}", mode: substitute }]
limits: { drain_timeout: 300ms }
`,
  });

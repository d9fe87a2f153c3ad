import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { madeUp } from '../adopt/made-up.js';
import { testAuthority } from '../support/certificates.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { clients, keywrightRun, nodeBinaries, type Ended } from '../support/run.js';
import { writeRunConfig } from '../support/run-config.js';

jest.setTimeout(60_000);

const environment = {
  GOOGLE_MAPS_API_KEY: madeUp('AIza<35 base64url>'),
  MAPBOX_ACCESS_TOKEN: madeUp('pk.<70 base64url>.<22 base64url>'),
  TRELLO_API_KEY: madeUp('<32 hex>'),
  TRELLO_TOKEN: madeUp('ATTA<72 hex>'),
  TELEGRAM_BOT_TOKEN: madeUp('<10 digits>:<35 base64url>'),
  SLACK_MCP_XOXD_TOKEN: `xoxd-${madeUp('<60 alnum>')}%2F${madeUp('<40 alnum>')}%3D`,
};
const hosts = ['maps.googleapis.com', 'api.mapbox.com', 'api.trello.com', 'api.telegram.org', 'edgeapi.slack.com'];
let origin: Origin;
let folder: string;
let config: string;

beforeAll(async () => {
  const authority = testAuthority();
  // Each answer repeats what it was asked, as error pages do.
  origin = await startOrigin(authority, hosts, ({ url = '', headers }, response) => {
    response.writeHead(302, { location: `/moved${url}` });
    response.end(JSON.stringify({ url, cookie: headers.cookie }));
  });
  folder = mkdtempSync(join(tmpdir(), 'keywright-heads-'));
  config = writeRunConfig(folder, hosts, origin.port, authority);
});

afterAll(async () => {
  await origin.close();
  rmSync(folder, { recursive: true });
});

const run = (node: string, cookie: string, ...urls: string[]): Promise<Ended> =>
  keywrightRun([node, `${clients}heads.mjs`, cookie, ...urls], { config, folder, environment });

const services = [
  [
    'https://maps.googleapis.com/maps/api/geocode/json?key=$GOOGLE_MAPS_API_KEY&address=a%20b',
    `/maps/api/geocode/json?key=${environment.GOOGLE_MAPS_API_KEY}&address=a%20b`,
  ],
  [
    'https://api.mapbox.com/directions/v5/mapbox/walking/1,2;3,4?waypoints=0;1&access_token=$MAPBOX_ACCESS_TOKEN',
    `/directions/v5/mapbox/walking/1,2;3,4?waypoints=0;1&access_token=${environment.MAPBOX_ACCESS_TOKEN}`,
  ],
  [
    'https://api.trello.com/1/members/me/boards?key=$TRELLO_API_KEY&token=$TRELLO_TOKEN',
    `/1/members/me/boards?key=${environment.TRELLO_API_KEY}&token=${environment.TRELLO_TOKEN}`,
  ],
  ['https://api.telegram.org/bot$TELEGRAM_BOT_TOKEN/getMe', `/bot${environment.TELEGRAM_BOT_TOKEN}/getMe`],
  ['https://api.telegram.org/file/bot$TELEGRAM_BOT_TOKEN/a', `/file/bot${environment.TELEGRAM_BOT_TOKEN}/a`],
] as const;

const misplaced = [
  'https://maps.googleapis.com/maps/api?q=$GOOGLE_MAPS_API_KEY',
  'https://api.trello.com/1/x?key=$GOOGLE_MAPS_API_KEY',
  'https://api.telegram.org/x/bot$TELEGRAM_BOT_TOKEN/getMe',
] as const;

describe.each(nodeBinaries())('a program on %s with nothing but placeholders', (node) => {
  it('is known to services that take keys in the query and the path, and never reads one', async () => {
    const before = origin.seen.length;
    const { code, stdout, stderr } = await run(node, 'a=1', ...services.map(([url]) => url));
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('refused') });
    expect(origin.seen.slice(before).map(({ url }) => url)).toEqual(services.map(([, expected]) => expected));
    const answers = stdout.trim().split('\n');
    expect(answers).toHaveLength(services.length);
    for (const answer of answers) expect(answer).toMatch(/^302 \/moved\/.*\*{20}.*\{"url":".*\*{20}/);
    for (const secret of Object.values(environment)) expect(stdout + stderr).not.toContain(secret);
  });

  it('is known to Slack by a cookie', async () => {
    const { code, stdout } = await run(node, 'a=1; d=$SLACK_MCP_XOXD_TOKEN', 'https://edgeapi.slack.com/cache');
    expect(code).toBe(0);
    const { rawHeaders = [] } = origin.seen.at(-1) ?? {};
    expect(rawHeaders).toContain(`a=1; d=${environment.SLACK_MCP_XOXD_TOKEN}`);
    expect(stdout).toMatch(/"cookie":"a=1; d=\*{20}/);
    expect(stdout).not.toContain(environment.SLACK_MCP_XOXD_TOKEN);
  });

  it('is refused where it sends one in another parameter, segment or to another host, and the operator is told', async () => {
    const before = origin.seen.length;
    const { stdout, stderr } = await run(node, 'a=1', ...misplaced);
    expect(stdout.match(/^403 .*placeholder_misplaced/gm)).toHaveLength(misplaced.length);
    expect(stderr.match(/ALARM/g)).toHaveLength(misplaced.length);
    expect(stderr).not.toContain('0dec0de5');
    expect(origin.seen).toHaveLength(before);
  });
});

import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { clients, has, keywrightRun, nodeBinaries, type Ended } from '../support/run.js';
import { startStandIn, type StandIn } from '../support/stand-in.js';
import { nodeWays, otherWays, type Way } from '../support/ways.js';

jest.setTimeout(60_000);

const secrets = {
  GITHUB_TOKEN: `ghp_${randomBytes(18).toString('hex')}`,
  STRIPE_SECRET_KEY: `sk_test_${randomBytes(16).toString('hex')}`,
};
let standIn: StandIn;

beforeAll(async () => {
  standIn = await startStandIn(Object.values(secrets));
});

afterAll(() => standIn.close());

async function under(command: readonly string[], variable: Way['variable'] = 'GITHUB_TOKEN'): Promise<Ended> {
  const { config, folder } = standIn;
  return keywrightRun(command, { config, folder, environment: { [variable]: secrets[variable] } });
}

/** Each answer that the client got was one that only the credential opens, and the client never held the credential. */
function expectOpened({ code, stdout, stderr }: Ended): void {
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const answers = JSON.parse(stdout) as string[];
  expect(answers.length).toBeGreaterThan(0);
  for (const answer of answers) expect(answer).toMatch(/^200 .*found/);
  for (const secret of Object.values(secrets)) expect(stdout + stderr).not.toContain(secret);
}

const table = (ways: readonly Way[]): (readonly [string, Way])[] => ways.map((way) => [way.name, way]);

describe.each(nodeBinaries())('a client on %s', (node) => {
  it.each(table(nodeWays))('gets its credential: %s', async (_, { command, variable }) => {
    expectOpened(await under(command(node), variable));
  });

  it('that sends its placeholder elsewhere is refused, and nothing arrives', async () => {
    const before = standIn.origin.seen.length;
    const { code, stdout } = await under([node, `${clients}elsewhere.mjs`]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(['fetch failed', 403, 403]);
    expect(standIn.origin.seen).toHaveLength(before);
  });

  it('gets its credential where the path to the preload holds spaces, quotes and options of its own come before', async () => {
    const { config, folder } = standIn;
    const odd = join(folder, `a "b' c\\d é`);
    mkdirSync(odd, { recursive: true });
    const environment = {
      GITHUB_TOKEN: secrets.GITHUB_TOKEN,
      TMPDIR: odd,
      NODE_OPTIONS: '--stack-trace-limit=7 --no-warnings',
    };
    const script = '"$0" -p Error.stackTraceLimit >&2; exec "$0" "$1"';
    const outcome = await keywrightRun(['sh', '-c', script, node, `${clients}fetch.mjs`], {
      config,
      folder,
      environment,
    });
    expectOpened(outcome);
    expect(outcome.stderr).toContain('\n7\n');
  });
});

describe('a client of another kind', () => {
  it.each(table(otherWays))(
    'gets its credential: %s',
    async (_, { command, variable, needs: [needed, ...args] = ['true'] }) => {
      if (has(needed, ...args)) expectOpened(await under(command(''), variable));
    },
  );
});

describe('the audit of all this', () => {
  it('has a use for each request, and the secrets nowhere', () => {
    const folder = join(standIn.folder, 'audit');
    const text = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('');
    expect(text.split('"kind":"use"')).toHaveLength(standIn.origin.seen.length + 1);
    for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
    expect(text).not.toContain('0dec0de5');
  });
});

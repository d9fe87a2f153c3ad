import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { canaryIn, type Canary } from '../support/canary.js';
import { clients, has, keywrightRun, nodeBinaries, type Ended } from '../support/run.js';
import { startStandIn, type StandIn } from '../support/stand-in.js';
import { nodeWays, otherWays, type Way } from '../support/ways.js';

jest.setTimeout(60_000);

const secrets = {
  GITHUB_TOKEN: `ghp_${randomBytes(18).toString('hex')}`,
  STRIPE_SECRET_KEY: `sk_test_${randomBytes(16).toString('hex')}`,
};
let standIn: StandIn;
let canary: Canary;

beforeAll(async () => {
  standIn = await startStandIn(Object.values(secrets));
  canary = canaryIn(standIn.folder);
});

beforeEach(() => canary.forget());

afterAll(() => standIn.close());

async function under(
  command: readonly string[],
  environment: Record<string, string>,
  ...options: string[]
): Promise<Ended> {
  const { config, folder } = standIn;
  return keywrightRun(command, { config, folder, environment, options: [...canary.options, ...options] });
}

/** What kills `keywright`, waits until it is gone, and only then becomes the client. */
function afterItsDeath(command: readonly string[]): readonly string[] {
  const script =
    'keywright=$PPID; kill -KILL "$keywright"; while kill -0 "$keywright" 2>/dev/null; do sleep 0.01; done; exec "$@"';
  return ['sh', '-c', script, 'sh', ...command];
}

function failsSafely(node: string, { command, variable }: Way): void {
  it('without its credential: nothing arrives', async () => {
    const before = standIn.origin.seen.length;
    const outcome = await under(command(node), { [variable]: 'nothing' }, '--pass', variable);
    expect(outcome.stdout).not.toMatch(/\b200\b|found/);
    expect(standIn.origin.seen).toHaveLength(before);
    canary.expectProxyOnly(outcome.stderr);
  });

  it('with the proxy killed: it asks nobody else', async () => {
    const before = standIn.origin.seen.length;
    const { stdout, stderr, code } = await under(afterItsDeath(command(node)), { [variable]: secrets[variable] });
    expect({ code, stdout }).toEqual({ code: null, stdout: '' });
    expect(stderr).toMatch(
      /ECONNREFUSED|[Cc]onnection refused|[Ff]ailed to connect|[Cc]ould not connect|connection to Stripe/,
    );
    expect(standIn.origin.seen).toHaveLength(before);
    canary.expectProxyOnly(stderr);
  });
}

describe.each(nodeBinaries())('on %s', (node) => {
  describe.each(nodeWays.map((way) => [way.name, way] as const))('%s', (_, way) => failsSafely(node, way));

  it('a client that outlives the proxy asks nobody else', async () => {
    const outcome = await under([node, `${clients}outlive.mjs`], { GITHUB_TOKEN: secrets.GITHUB_TOKEN });
    expect(JSON.parse(outcome.stdout)).toEqual({
      before: [200, 200],
      after: ['failed', 'failed', 'failed', 'failed'],
    });
    canary.expectProxyOnly(outcome.stderr);
  });

  it('a client whose preload is gone does not start', async () => {
    const remove = 'rm -rf "$TMPDIR"/keywright-*; exec "$@"';
    const outcome = await under(['sh', '-c', remove, 'sh', node, `${clients}fetch.mjs`], secrets);
    expect(outcome.code).toBeGreaterThan(0);
    expect(outcome.stdout).toBe('');
    expect(canary.sang()).toBe(false);
  });
});

describe.each(
  otherWays
    .filter(({ name, needs: [needed, ...args] = ['true'] }) => name !== 'wget' && has(needed, ...args))
    .map((way) => [way.name, way] as const),
)('%s', (_, way) => failsSafely('', way));

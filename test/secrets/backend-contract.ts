import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Refusal } from '../../src/core/refusal.js';
import type { Fetched, Source } from '../../src/secrets/index.js';
import { reveal } from '../../src/secrets/seal.js';
import { Unavailability } from '../../src/secrets/unavailable.js';
import type { BackendServer, Fault } from './backend-server.js';
import { fetchContext } from './context.js';

/** One source that reads from a server, made anew: nothing of it is logged in or kept. */
export interface UnderContract {
  readonly source: Source;
  close(): Promise<void>;
}

export interface Contract {
  /** A healthy server that holds the secret. */
  start(): Promise<BackendServer>;
  /** `trust` is a file of another CA, where a wrong one is tried. */
  make(server: BackendServer, trust: string): UnderContract | Promise<UnderContract>;
  /** What `fetch` has to find, by field. */
  readonly expected: () => Readonly<Record<string, string>>;
  /** What must stand in no error: values, tokens, passwords, keys. */
  readonly secret: () => readonly string[];
  /** What a fetch is given beside the defaults: the secrets that it is made from. */
  readonly context?: () => Parameters<typeof fetchContext>[0];
  /** Statuses that mean something else here. */
  readonly exceptions?: Partial<Record<Fault, Unavailability['kind']>>;
}

const failures: Readonly<Record<Fault, Unavailability['kind']>> = {
  never: 'down',
  'hang up': 'down',
  'half an answer': 'down',
  redirect: 'down',
  huge: 'down',
  empty: 'down',
  html: 'down',
  'not utf-8': 'down',
  coded: 'down',
  'status 429': 'throttled',
  'status 500': 'down',
  'status 503': 'down',
};

/** What every source that asks a server over HTTP keeps to, whatever the server does. */
export function keepsTheContract(name: string, contract: Contract): void {
  describe(`${name}, as every backend`, () => {
    let server: BackendServer | undefined;
    let made: UnderContract | undefined;
    afterEach(async () => {
      await made?.close();
      await server?.close();
      server = made = undefined;
    });

    async function open(
      trust?: (server: BackendServer) => string | Promise<string>,
    ): Promise<{ server: BackendServer; source: Source }> {
      server = await contract.start();
      made = await contract.make(server, (await trust?.(server)) ?? server.caFile);
      return { server, source: made.source };
    }

    const fetchFrom = (source: Source, milliseconds = 5000): Promise<Fetched> =>
      source.fetch(fetchContext({ ...contract.context?.(), signal: AbortSignal.timeout(milliseconds) }));

    it('hands out its fields sealed, and a version that stays while the value does', async () => {
      const { source } = await open();
      const [first, second] = [await fetchFrom(source), await fetchFrom(source)];
      const fields = Object.fromEntries(Object.entries(first.fields).map(([field, sealed]) => [field, reveal(sealed)]));
      expect(fields).toMatchObject(contract.expected());
      for (const value of contract.secret()) expect(inspect(first, { depth: 9 })).not.toContain(value);
      if (first.lease === undefined) expect(second.version).toBe(first.version);
    });

    it.each(Object.keys(failures) as Fault[])(
      'fails by name, within its time and without a value, where the server does this: %s',
      async (fault) => {
        const { server: it, source } = await open();
        it.fault = fault;
        const begin = performance.now();
        const cause = await failureOf(() => fetchFrom(source, fault === 'never' ? 300 : 1500));
        expect(performance.now() - begin).toBeLessThan(4000);
        // The signal's own reason stands for lateness: whoever fetches says so in words.
        if (fault !== 'never') expect(cause).toMatchObject({ kind: contract.exceptions?.[fault] ?? failures[fault] });
        expect(it.elsewhere).toEqual([]);
        // No loop: what fails is not asked again and again.
        expect(it.requests.length).toBeLessThanOrEqual(3);
        it.fault = undefined;
      },
    );

    it('fails where nothing listens', async () => {
      const { server: it, source } = await open();
      await it.close();
      expect(await failureOf(() => fetchFrom(source))).toMatchObject({ kind: 'down' });
    });

    it('fails where the certificate is of another CA, and sends nothing', async () => {
      const other = await contract.start();
      const { server: it, source } = await open(() => other.caFile);
      expect(await failureOf(() => fetchFrom(source))).toMatchObject({ kind: 'down' });
      expect(it.requests).toEqual([]);
      await other.close();
    });

    it('ends when nobody waits any more', async () => {
      const { server: it, source } = await open();
      it.fault = 'never';
      const controller = new AbortController();
      const fetching = source.fetch(fetchContext({ ...contract.context?.(), signal: controller.signal }));
      setTimeout(() => controller.abort(new Refusal('draining')), 50);
      await expect(fetching).rejects.toBeDefined();
    });

    async function failureOf(fetch: () => Promise<unknown>): Promise<unknown> {
      try {
        await fetch();
      } catch (error) {
        const shown =
          inspect(error, { depth: 9, showHidden: true }) + String((error as Error).stack) + JSON.stringify(error);
        for (const value of contract.secret()) expect(shown).not.toContain(value);
        if (!(error instanceof Refusal)) return error;
        expect(error.code).toBe('secret_unavailable');
        expect(error.cause).toBeInstanceOf(Unavailability);
        return error.cause;
      }
      throw new TypeError('it did not fail');
    }
  });
}

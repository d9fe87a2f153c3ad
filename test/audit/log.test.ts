import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { Audit, Sink } from '../../src/audit/index.js';
import { createAudit } from '../../src/audit/log.js';
import { endFields, MemorySink, outcomeOf, refusedFields, useFields } from './memory-sink.js';

let sink: MemorySink;
let audit: Audit;
let elapsed: number;
const clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6), elapsed: () => elapsed };
const open = (...sinks: Sink[]): Audit => {
  let ids = 0;
  return createAudit({
    sinks,
    instance: 'desk',
    run: 'run1',
    clock,
    newId: () => `own${(ids += 1)}`,
    about: { version: '0.1.0' },
  });
};

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  elapsed = 0;
  sink = new MemorySink();
  audit = open(sink);
});
afterEach(() => void jest.useRealTimers());

const used = (log: Audit, id: string): Promise<unknown> => outcomeOf(log.use(id, useFields));

describe('the audit log', () => {
  it('needs a sink', () => {
    expect(() => open()).toThrow(TypeError);
  });

  it('has written the use when its promise resolves, and one end with the same id by the end of the turn', async () => {
    await audit.use('a', useFields);
    const head = { time: '2026-01-02T03:04:05.006Z', id: 'a', instance: 'desk', run: 'run1' };
    expect(sink.records.at(-1)).toEqual({ ...head, kind: 'use', ...useFields });
    audit.end('a', endFields);
    await turn();
    expect(sink.records.at(-1)).toEqual({ ...head, kind: 'end', ...endFields });
  });

  it('lets no use be acted on before the write has returned', async () => {
    let acted = false;
    const use = audit.use('a', useFields).then(() => (acted = true));
    await Promise.resolve();
    expect([acted, sink.said]).toEqual([false, []]);
    await use;
    expect(sink.said).toEqual(['use a']);
  });

  it('writes what is asked for in one turn with one call, in its order', async () => {
    audit.end('a', endFields);
    const uses = [audit.use('b', useFields), audit.use('c', useFields)];
    audit.refused('d', refusedFields);
    await Promise.all(uses);
    await audit.use('e', useFields);
    expect(sink.batches).toEqual([1, 4, 1]);
    expect(sink.said).toEqual(['end a', 'use b', 'use c', 'refused d', 'use e']);
  });

  it('writes what is asked for by sockets that were read in one poll phase with one call', async () => {
    const { ids, close } = await socketsReadTogether(5, (id) => audit.use(id, useFields));
    expect(sink.said.toSorted()).toEqual(ids.map((id) => `use ${id}`).toSorted());
    expect(sink.batches.length).toBeLessThan(1 + ids.length);
    await close();
  });

  it('tells of another configuration by names alone', async () => {
    void audit.reloaded({ policy_rev: 'r2', previous_rev: 'r1', changes: ['policy read', 'limits'], code: 'ok' });
    await turn();
    expect(sink.records.at(-1)).toMatchObject({
      kind: 'reload',
      policy_rev: 'r2',
      changes: ['policy read', 'limits'],
      code: 'ok',
    });
  });

  it('writes what waits when it is closed, before stop', async () => {
    const use = audit.use('a', useFields);
    await audit.close();
    await use;
    expect(sink.records.map(({ kind }) => kind)).toEqual(['start', 'use', 'stop']);
  });

  it('begins with start and ends with stop, once, and closes its sinks', async () => {
    await audit.close();
    await audit.close();
    expect(sink.records.map(({ kind, version }) => [kind, version])).toEqual([
      ['start', '0.1.0'],
      ['stop', undefined],
    ]);
    expect(sink.closed).toBe(true);
  });

  it('keeps the order of what was asked, whatever fails in between, and loses no end or refusal', async () => {
    const step = fc.record({
      kind: fc.constantFrom('use', 'end', 'refused'),
      failing: fc.boolean(),
      together: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const memory = new MemorySink();
        const log = open(memory);
        const expected: string[] = [];
        const uses: Promise<unknown>[] = [];
        for (const [index, { kind, failing, together }] of steps.entries()) {
          if (!together) {
            await turn();
            memory.failing = failing;
          }
          const id = String(index);
          if (kind === 'end') log.end(id, endFields);
          else if (kind === 'refused') log.refused(id, refusedFields);
          else uses.push(used(log, id));
          if (kind !== 'use' || !memory.failing) expected.push(`${kind} ${id}`);
        }
        await turn();
        memory.failing = false;
        await log.use('last', useFields);
        expect(memory.said).toEqual([...expected, 'use last']);
        const written = expected.filter((said) => said.startsWith('use')).length;
        expect((await Promise.all(uses)).filter((outcome) => outcome === 'written')).toHaveLength(written);
      }),
      { numRuns: 60 },
    );
  });
});

/** Several sockets that each have something to read when the loop looks next; each asks for a record when it is read. */
async function socketsReadTogether(
  count: number,
  ask: (id: string) => Promise<void>,
): Promise<{ ids: string[]; close: () => Promise<void> }> {
  const ids = Array.from({ length: count }, (_, i) => `s${i}`);
  const accepted: Socket[] = [];
  const server = createServer((socket) => accepted.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const clients = await Promise.all(
    ids.map(async () => {
      const client = connect(port, '127.0.0.1');
      await once(client, 'connect');
      return client;
    }),
  );
  while (accepted.length < count) await turn();
  const asked = accepted.map(async (socket) => {
    const [id] = (await once(socket, 'data')) as [Buffer];
    await ask(id.toString());
  });
  clients.forEach((client, i) => client.write(ids[i] ?? ''));
  await Promise.all(asked);
  return {
    ids,
    async close() {
      for (const socket of [...clients, ...accepted]) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

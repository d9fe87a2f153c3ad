import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { close, closeCode, frame, framesIn, text } from '../regressions/web-socket-frames.js';
import { socketPair } from '../support/socket-pair.js';
import { compileNeedles } from '../../src/scrub/forms.js';
import { WebSocketRelay, type RelayOptions } from '../../src/upstream/websocket-relay.js';

const masked = { masked: true };

async function open(more: Partial<RelayOptions> = {}) {
  const [caller, destination] = [await socketPair(), await socketPair()];
  let occurrences = 0;
  const relay = new WebSocketRelay(caller.near, destination.near, {
    deflate: undefined,
    limit: 1024,
    needles: undefined,
    guard: undefined,
    onMasked: (more) => (occurrences += more),
    ...more,
  });
  const received = { caller: [] as Buffer[], destination: [] as Buffer[] };
  caller.far.on('data', (bytes: Buffer) => received.caller.push(bytes));
  destination.far.on('data', (bytes: Buffer) => received.destination.push(bytes));
  return {
    relay,
    caller: caller.far,
    destination: destination.far,
    near: { caller: caller.near, destination: destination.near },
    toCaller: () => Buffer.concat(received.caller),
    toDestination: () => Buffer.concat(received.destination),
    occurrences: () => occurrences,
  };
}

describe('a relay that must not go on', () => {
  it('tells both sides so, and lets nothing more through', async () => {
    const { relay, caller, destination, toCaller, toDestination } = await open();
    relay.revoke();
    caller.write(frame(text, 'late', masked));
    destination.write(frame(text, 'late'));
    await relay.ended;
    expect([closeCode(toCaller()), closeCode(toDestination())]).toEqual([1008, 1008]);
    expect([...framesIn(toCaller()), ...framesIn(toDestination())]).toHaveLength(2);
  });

  it('says what was wrong', async () => {
    const { relay, caller } = await open();
    caller.write(frame(text, 'x'.repeat(1025), masked));
    await expect(relay.ended).rejects.toMatchObject({ code: 'body_too_large' });
    const other = await open();
    other.destination.write(frame(text, 'x'.repeat(1025)));
    await expect(other.relay.ended).rejects.toMatchObject({ code: 'destination_protocol' });
    const third = await open({
      guard: () => {
        throw new Error('out of order');
      },
    });
    third.caller.write(frame(text, 'x', masked));
    await expect(third.relay.ended).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('a relay', () => {
  it('counts what it masks', async () => {
    const secret = 'a-secret-of-some-length';
    const { relay, destination, toCaller, occurrences } = await open({ needles: compileNeedles([secret], []) });
    destination.write(frame(text, `${secret} ${secret}`));
    destination.end();
    await relay.ended;
    expect(framesIn(toCaller())[0]?.payload.toString()).toBe(`${'*'.repeat(23)} ${'*'.repeat(23)}`);
    expect(occurrences()).toBe(2);
  });

  it('ends when both sides have closed, each told once', async () => {
    const { relay, caller, destination, toCaller, toDestination } = await open();
    caller.write(frame(close, Buffer.from([0x03, 0xe9]), masked));
    destination.write(frame(close, ''));
    await relay.ended;
    expect(closeCode(toDestination())).toBe(1001);
    expect(framesIn(toCaller()).map(({ first, payload }) => [first, payload.length])).toEqual([[close, 0]]);
  });

  it.each(['caller', 'destination'] as const)('breaks when its %s breaks', async (end) => {
    const opened = await open();
    const other = end === 'caller' ? opened.destination : opened.caller;
    const gone = new Promise((resolve) => other.once('close', resolve));
    opened[end].resetAndDestroy();
    await Promise.all([gone, opened.relay.ended]);
    expect([closeCode(opened.toCaller()), closeCode(opened.toDestination())]).toEqual([undefined, undefined]);
  });

  it('ends at once where a side is gone already', async () => {
    const [caller, destination] = [await socketPair(), await socketPair()];
    caller.near.destroy();
    await once(caller.near, 'close');
    const options = {
      deflate: undefined,
      limit: 1024,
      needles: undefined,
      guard: undefined,
      onMasked: () => undefined,
    };
    await new WebSocketRelay(caller.near, destination.near, options).ended;
    expect(destination.near.destroyed).toBe(true);
  });
});

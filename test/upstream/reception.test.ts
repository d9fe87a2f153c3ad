import { PassThrough } from 'node:stream';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, jest } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { Refusal } from '../../src/core/refusal.js';
import { CodedBody } from '../../src/scrub/coded-body.js';
import { compileNeedles } from '../../src/scrub/forms.js';
import type { Answer } from '../../src/upstream/answer.js';
import { Reception } from '../../src/upstream/reception.js';
import { Recorded } from './recorded.js';

const needles = compileNeedles([randomBytes(18).toString('hex')], []);
const asked = { method: 'GET', acceptEncoding: 'gzip', upgrade: undefined };

function receive(writable: boolean) {
  const calls: string[] = [];
  let drained: (() => void) | undefined;
  const flow = {
    pause: () => void calls.push('pause'),
    resume: () => void calls.push('resume'),
    abort: (error: unknown) => void calls.push(`abort ${(error as Refusal).code}`),
  };
  const answer: Answer = {
    gone: false,
    onGone: undefined,
    masked: 0,
    informational: () => undefined,
    head: () => undefined,
    data: () => writable,
    onceWritable: (resume) => (drained = resume),
    end: () => undefined,
    flush: () => undefined,
    switched: () => new PassThrough(),
  };
  const reception = new Reception(answer, asked, needles);
  return { calls, flow, reception, drain: () => drained?.() };
}

describe('an answer that has come whole, whose connection may serve another request already', () => {
  /** More than is decoded at once: so its end is still being looked at when the last byte has come. */
  const large = gzipSync(randomBytes(100_000));
  const begin = (writable = true) => {
    const received = receive(writable);
    const { flow, reception } = received;
    reception.onHead(flow, 200, 'OK', new HeaderList(['Content-Encoding', 'gzip']));
    reception.onData(flow, large);
    return received;
  };

  it('leaves that connection alone when its caller goes away, and fails by itself', async () => {
    const { calls, flow, reception } = begin();
    reception.onEnd(flow, []);
    reception.fail(flow, new Refusal('caller_gone'));
    await expect(reception.ended).rejects.toEqual(new Refusal('caller_gone'));
    expect(calls).toEqual(['pause']);
  });

  it('lets nothing flow that another request holds back', async () => {
    const { calls, flow, reception, drain } = begin(false);
    reception.onEnd(flow, []);
    await reception.ended;
    drain();
    expect(calls).toEqual(['pause']);
  });

  it('gives the connection up where its caller goes away before', () => {
    const { calls, flow, reception } = begin();
    reception.ended.catch(() => undefined);
    reception.fail(flow, new Refusal('caller_gone'));
    expect(calls).toEqual(['pause', 'abort caller_gone']);
  });
});

describe('an answer whose pieces are good until they are handed on', () => {
  const body = randomBytes(40_000).toString('hex');
  it.each([
    ['in no coding', [], Buffer.from(body)],
    ['in gzip, decoded at once', ['Content-Encoding', 'gzip'], gzipSync(body)],
    [
      'in gzip, decoded as it streams',
      ['Content-Encoding', 'gzip', 'Content-Type', 'text/event-stream'],
      gzipSync(body),
    ],
    [
      'of messages',
      ['Content-Type', 'application/grpc'],
      Buffer.concat([Buffer.from([0, 0, 1, 56, 128]), Buffer.from(body)]),
    ],
  ])('comes to its end as it was, %s', async (_, fields, sent) => {
    const recorded = new Recorded();
    const reception = new Reception(recorded, asked, needles);
    let going: () => void = () => undefined;
    const flow = { pause: () => undefined, resume: () => going(), abort: () => undefined };
    reception.onHead(flow, 200, 'OK', new HeaderList(fields));
    const memory = Buffer.alloc(1000);
    for (let at = 0; at < sent.length; at += memory.length) {
      const resumed = new Promise<void>((resolve) => (going = resolve));
      const lent = memory.subarray(0, sent.copy(memory, 0, at));
      reception.onData(flow, lent);
      memory.fill(0);
      if (fields.length > 0 && fields[1] === 'gzip') await resumed;
    }
    reception.onEnd(flow, []);
    await reception.ended;
    expect(Buffer.from(recorded.body, 'latin1').equals(sent)).toBe(true);
  });
});

it('an answer that is decoded flows on only once all that came of it has been looked at', async () => {
  const { calls, flow, reception } = receive(true);
  const resumed = new Promise<void>((resolve) => {
    flow.resume = () => {
      calls.push('resume');
      resolve();
    };
  });
  const looked = jest.spyOn(CodedBody.prototype, 'push');
  reception.onHead(flow, 200, 'OK', new HeaderList(['Content-Encoding', 'gzip', 'Content-Type', 'text/event-stream']));
  const sent = gzipSync(randomBytes(3000));
  // As the records of one read come, or the chunks.
  for (let at = 0; at < 3000; at += 1000) reception.onData(flow, sent.subarray(at, at + 1000));
  await resumed;
  expect(looked).toHaveBeenCalledTimes(3);
  looked.mockRestore();
  expect(calls).toEqual(['pause', 'pause', 'pause', 'resume']);
});

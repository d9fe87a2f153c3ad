import { PassThrough } from 'node:stream';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { Refusal } from '../../src/core/refusal.js';
import { compileNeedles } from '../../src/scrub/forms.js';
import type { Answer } from '../../src/upstream/answer.js';
import { Reception } from '../../src/upstream/reception.js';

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

import { describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { HeaderList } from '../../src/core/header-list.js';
import { compileNeedles } from '../../src/scrub/forms.js';
import type { Answer } from '../../src/upstream/answer.js';
import { openAnswerBody } from '../../src/upstream/answer-body.js';
import { HeldAnswer } from '../../src/upstream/held-answer.js';

const secret = `ghp_${randomBytes(18).toString('hex')}`;
const needles = compileNeedles([secret], []);

function held(type: string, refuses = false) {
  const log: unknown[] = [];
  const answer = {
    head: ({ headers }: { headers: HeaderList }) => {
      if (refuses) throw new Error('no such head');
      log.push(headers.raw.join());
    },
    data: (bytes: Buffer) => log.push(bytes.toString('latin1')) > 0,
  } as unknown as Answer;
  const headers = new HeaderList(['Content-Type', type, 'Content-Encoding', 'gzip']);
  const opened = openAnswerBody(needles, 200, headers, 'gzip');
  const subject = new HeldAnswer(answer, { status: 200, statusText: 'OK', headers }, opened, (error) => {
    log.push((error as Error).message);
  });
  return { subject, log };
}

describe('an answer whose head is held', () => {
  it('fails where its head cannot be written when it has waited long enough', () => {
    jest.useFakeTimers();
    try {
      const { subject, log } = held('text/plain', true);
      void subject.push(gzipSync('x'));
      jest.advanceTimersByTime(100);
      expect(log).toEqual(['no such head']);
      subject.close();
    } finally {
      jest.useRealTimers();
    }
  });

  it('goes on with what has come after a tenth of a second, and not after it was closed', () => {
    jest.useFakeTimers();
    try {
      const sent = gzipSync('nothing here');
      const [open, closed] = [held('text/plain'), held('text/plain')];
      for (const { subject } of [open, closed]) void subject.push(sent);
      closed.subject.close();
      jest.advanceTimersByTime(99);
      expect(open.log).toEqual([]);
      jest.advanceTimersByTime(1);
      expect(open.log).toEqual(['Content-Type,text/plain,Content-Encoding,gzip', sent.toString('latin1')]);
      expect(closed.log).toEqual([]);
      open.subject.close();
    } finally {
      jest.useRealTimers();
    }
  });

  it('goes on uncoded where it held a secret', async () => {
    const { subject, log } = held('text/plain');
    await subject.push(gzipSync(`<${secret}>`));
    expect(log).toEqual([]);
    await subject.end();
    expect(log).toEqual(['Content-Type,text/plain', `<${'*'.repeat(secret.length)}>`]);
    expect([subject.uncoded, subject.masked]).toEqual([true, 1]);
    subject.close();
  });

  it('of a stream of events is not held', () => {
    const { subject, log } = held('text/event-stream');
    expect(log).toEqual(['Content-Type,text/event-stream,Content-Encoding,gzip']);
    subject.close();
  });
});

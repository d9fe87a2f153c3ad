import { PassThrough } from 'node:stream';
import type { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { Refusal } from '../../src/core/refusal.js';
import { Http1Answer } from '../../src/proxy/http1-answer.js';
import { refusalText } from '../../src/proxy/refuse.js';

function answerTo(raw: string[] = [], method = 'GET', unread = 0): { answer: Http1Answer; written: () => string } {
  const socket = new PassThrough();
  const request = {
    method,
    url: '/',
    version: '1.1' as const,
    headers: new HeaderList(raw),
    framing: { kind: 'none' as const },
    body: undefined,
    trailers: new HeaderList(),
  };
  const answer = new Http1Answer(request, socket as unknown as Socket, true, {
    onMove: () => undefined,
    unread: () => unread,
    handOver: () => socket as unknown as Socket,
  });
  return { answer, written: () => String(socket.read() ?? '') };
}

const denied = new Refusal('denied');
const expects = ['Expect', '100-continue'];

describe('a refusal', () => {
  it('of HEAD has no body, which would be read as the beginning of the next answer', () => {
    const { answer, written } = answerTo([], 'HEAD');
    answer.refuse(denied, 'id');
    expect(written()).toMatch(
      /^HTTP\/1\.1 403 Forbidden\r\n([^\r\n]+\r\n)*content-length: \d+\r\n([^\r\n]+\r\n)*\r\n$/,
    );
    expect(answer.lasts).toBe(true);
  });

  it.each([
    ['of malformed bytes', new Refusal('bad_request'), [], 0, false],
    ['of a small unread body', denied, [], 1000, true],
    ['of a large unread body', denied, [], 65_537, false],
    ['of a body of unknown length', denied, [], Infinity, false],
    ['of a body that nobody asked for, which may never come', denied, expects, 10, false],
    ['of a request whose body has come though nobody asked for it', denied, expects, 0, true],
  ])('%s: the connection lasts: %s', (_, refusal, raw, unread, lasts) => {
    const { answer, written } = answerTo(raw, 'POST', unread);
    answer.refuse(refusal, 'id');
    expect(answer.lasts).toBe(lasts);
    expect(/\r\nconnection: close\r\n/.test(written())).toBe(!lasts);
  });

  it('of a body that was asked for keeps the connection', () => {
    const { answer } = answerTo(expects, 'POST', 10);
    answer.invite();
    answer.refuse(denied, 'id');
    expect(answer.lasts).toBe(true);
  });

  it('is never written into an answer that has begun, nor to a caller that has gone', () => {
    const begun = answerTo();
    begun.answer.head({ status: 200, statusText: 'OK', headers: new HeaderList(['Content-Length', '3']) });
    begun.answer.refuse(denied, 'id');
    const gone = answerTo();
    gone.answer.leave();
    gone.answer.refuse(denied, 'id');
    expect([begun.written(), gone.written(), begun.answer.finished, gone.answer.finished]).toEqual([
      '',
      '',
      false,
      false,
    ]);
  });

  it('says its length in bytes, and asks for credentials where they are missing', () => {
    const text = refusalText(new Refusal('caller_unknown'), 'id', false);
    const [head = '', body = ''] = text.split('\r\n\r\n');
    expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`);
    expect(head).toContain('proxy-authenticate: Basic realm="keywright"');
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'caller_unknown', request_id: 'id' } });
  });
});

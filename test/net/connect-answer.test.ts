import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answerLimit, readConnectAnswer } from '../../src/net/connect-answer.js';

const read = (text: string): ReturnType<typeof readConnectAnswer> => readConnectAnswer(Buffer.from(text, 'latin1'));
const ok = 'HTTP/1.1 200 OK\r\n';

describe('an answer to CONNECT is malformed', () => {
  it.each([
    ['as another protocol', 'SSH-2.0-x\r\n\r\n'],
    ['as HTTP/2', 'HTTP/2 200 OK\r\n\r\n'],
    ['as a lower-case HTTP', 'http/1.1 200 OK\r\n\r\n'],
    ['as TLS', '\x15\x03\x01\x00\x02\x02\x46'],
    ['after an empty line', `\r\n${ok}\r\n`],
    ['with two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['with a status below 100', 'HTTP/1.1 020 OK\r\n\r\n'],
    ['with a status stuck to its phrase', 'HTTP/1.1 200OK\r\n\r\n'],
    ['with NUL in its phrase', 'HTTP/1.1 200 O\0K\r\n\r\n'],
    ['with a bare CR', 'HTTP/1.1 200 OK\rX: y\r\n\r\n'],
    ['with a bare LF', 'HTTP/1.1 200 OK\nX: y\r\n\r\n'],
    ['with a folded line', `${ok}X: a\r\n b\r\n\r\n`],
    ['with a space before the colon', `${ok}X : a\r\n\r\n`],
    ['with a line without a colon', `${ok}nonsense\r\n\r\n`],
    ['with a line without a name', `${ok}: a\r\n\r\n`],
    ['with content', `${ok}Content-Length: 1\r\n\r\n`],
    ['with content in another spelling', `${ok}content-length:00\r\n\r\n`],
    ['with content of two lengths', `${ok}Content-Length: 0, 5\r\n\r\n`],
    ['with a second length', `${ok}Content-Length: 0\r\nContent-Length: 5\r\n\r\n`],
    ['with chunks', `${ok}TRANSFER-ENCODING: chunked\r\n\r\n`],
    ['with a second answer of garbage after an interim one', 'HTTP/1.1 100 Continue\r\n\r\ngarbage'],
    ['that is longer than any', `${ok}X: ${'y'.repeat(answerLimit)}`],
    ['that ends beyond the limit', `${ok}X: ${'y'.repeat(answerLimit)}\r\n\r\n`],
  ])('%s', (_, text) => {
    expect(read(text).state).toBe('malformed');
  });
});

describe('an answer to CONNECT', () => {
  it.each([
    ['HTTP/1.1 200 OK\r\n\r\n', 200],
    ['HTTP/1.0 200\r\n\r\n', 200],
    ['HTTP/1.1 204 \r\n\r\n', 204],
    [`${ok}Via: a\r\nContent-Length: 0\r\n\r\n`, 200],
    ['HTTP/1.1 407 No\r\nContent-Length: 5\r\n\r\n', 407],
    ['HTTP/1.1 403 Verboten \xe4\r\nTransfer-Encoding: chunked\r\n\r\n', 403],
    ['HTTP/1.1 101 Switching Protocols\r\n\r\n', 101],
    ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n', 200],
  ])('%j ends where its head ends', (text, status) => {
    expect(read(`${text}hello`)).toEqual({ state: 'whole', status, size: text.length });
  });

  it('is waited for at every place where it can still become one, and is the same however it is cut', () => {
    const text = `HTTP/1.1 100 Continue\r\n\r\n${ok}Via: a\r\n\r\n`;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length - 1 }), (length) => {
        expect(read(text.slice(0, length))).toEqual({ state: 'incomplete' });
      }),
    );
  });

  it('never ends after more bytes than came, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'HTP/1. 20\r\n:aX\0'.split('')) }), (tail) => {
        const answer = read(`HTTP/1.1 ${tail}`);
        expect(answer.state === 'whole' ? answer.size <= tail.length + 9 : true).toBe(true);
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { answerFraming, requestFraming, type Framing } from '../../src/http1/framing.js';
import { Malformed } from '../../src/http1/malformed.js';

const ofRequest = (raw: string[], version: '1.0' | '1.1' = '1.1'): Framing =>
  requestFraming({ method: 'POST', url: '/', version, headers: new HeaderList(raw) });
const ofAnswer = (raw: string[], status = 200, method = 'GET', version: '1.0' | '1.1' = '1.1'): Framing =>
  answerFraming({ version, status, statusText: '', headers: new HeaderList(raw) }, method);

const length = 'Content-Length';
const coding = 'Transfer-Encoding';

describe('a length that could be read twice is refused', () => {
  it.each([
    ['both', [length, '3', coding, 'chunked'], 'framing'],
    ['both, the other way round', [coding, 'chunked', length, '0'], 'framing'],
    ['two equal lengths', [length, '3', 'CONTENT-LENGTH', '3'], 'framing'],
    ['two codings', [coding, 'chunked', coding, 'chunked'], 'framing'],
    ['a list of lengths', [length, '3, 3'], 'framing'],
    ['a sign', [length, '+3'], 'framing'],
    ['a minus', [length, '-0'], 'framing'],
    ['hexadecimal digits', [length, '0x3'], 'framing'],
    ['leading zeros, which some take for octal', [length, '010'], 'framing'],
    ['nothing', [length, ''], 'framing'],
    ['a fraction', [length, '3.0'], 'framing'],
    ['more than a safe integer', [length, '9007199254740992'], 'framing'],
    ['a number without end', [length, '9'.repeat(400)], 'framing'],
    ['other digits', [length, '\xb2'], 'framing'],
    ['an empty coding', [coding, ''], 'coding'],
    ['gzip before chunked', [coding, 'gzip, chunked'], 'coding'],
    ['identity', [coding, 'identity'], 'coding'],
    ['chunked twice', [coding, 'chunked, chunked'], 'coding'],
    ['a quoted chunked', [coding, '"chunked"'], 'coding'],
    ['chunked with a parameter', [coding, 'chunked;q=1'], 'coding'],
  ])('%s', (_, raw, kind) => {
    for (const read of [() => ofRequest(raw), () => ofAnswer(raw), () => ofAnswer(raw, 200, 'HEAD')]) {
      expect(read).toThrow(Malformed);
      expect(read).toThrow(expect.objectContaining({ kind }));
    }
  });

  it('chunked in HTTP/1.0', () => {
    expect(() => ofRequest([coding, 'chunked'], '1.0')).toThrow(Malformed);
    expect(() => ofAnswer([coding, 'chunked'], 200, 'GET', '1.0')).toThrow(Malformed);
  });
});

describe('the length of a message', () => {
  it.each([
    [[], { kind: 'none' }],
    [[length, '0'], { kind: 'none' }],
    [[length, '9007199254740991'], { kind: 'length', length: 9007199254740991 }],
    [[coding, 'CHUNKED'], { kind: 'chunked' }],
    [['Content_Length', '3'], { kind: 'none' }],
  ])('of a request with %j', (raw, framing) => {
    expect(ofRequest(raw)).toEqual(framing);
  });

  it('of an answer without a statement is that of the connection', () => {
    expect(ofAnswer([])).toEqual({ kind: 'until-close' });
    expect(ofAnswer([length, '0'])).toEqual({ kind: 'none' });
  });

  it.each([
    [200, 'HEAD'],
    [204, 'GET'],
    [304, 'GET'],
    [103, 'GET'],
  ])('of a %i to a %s is none, whatever it states', (status, method) => {
    for (const raw of [[], [length, '3'], [coding, 'chunked']])
      expect(ofAnswer(raw, status, method)).toEqual({ kind: 'none' });
  });
});

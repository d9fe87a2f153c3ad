import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../../src/core/header-list.js';
import { refusesKeys } from '../../../src/inject/sigv4/refused.js';

const refuses = (status: number, body: string, headers: string[] = []): boolean =>
  refusesKeys({ status, headers: new HeaderList(headers), body: Buffer.from(body, 'latin1') });

describe('keys', () => {
  it.each([
    [400, '{"message":"ExpiredToken"}', []],
    [400, '<Message>ExpiredToken</Message>', []],
    [400, '{"__type":"x#ExpiredTokenExceptional"}', []],
    [400, '', ['x-amzn-errortype', 'NotExpiredToken']],
    [400, '', ['x-amzn-errortype', 'ExpiredTokens:http://x/']],
    [400, '', ['x-other', 'ExpiredToken']],
    [401, '<Code>ExpiredToken</Code>', []],
    [500, '<Code>ExpiredToken</Code>', []],
  ])('are not refused by %d %s %j', (status, body, headers) => {
    expect(refuses(status, body, headers)).toBe(false);
  });

  it.each([
    [400, '<Error><Code>ExpiredToken</Code>', []],
    [403, '<Error>\n<Code>InvalidAccessKeyId</Code>', []],
    [400, '{"code":"InvalidToken"}', []],
    [400, '{"__type":"ExpiredTokenException"}', []],
    [400, '\xa1\x66__type\x72ExpiredTokenException', []],
    [403, '', ['X-Amzn-ErrorType', 'UnrecognizedClientException']],
    [403, '', ['x-amzn-errortype', 'com.amazonaws.x#ExpiredTokenException']],
    [400, '', ['x-amzn-query-error', 'InvalidClientTokenId;Sender']],
  ])('are refused by %d %s %j', (status, body, headers) => {
    expect(refuses(status, body, headers)).toBe(true);
  });
});

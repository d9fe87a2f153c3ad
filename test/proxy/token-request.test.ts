import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Content } from '../../src/core/content.js';
import { HeaderList } from '../../src/core/header-list.js';
import { readTokenRequest, type TokenRequest } from '../../src/proxy/token-request.js';

const form = 'application/x-www-form-urlencoded';
const exchange = 'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange';
const tokenType = 'urn:ietf:params:oauth:token-type:';

function read(text: string | undefined, type: string | undefined = form, coding?: string): TokenRequest {
  const headers = new HeaderList(type === '' ? [] : ['Content-Type', type]);
  const bytes = coding === 'gzip' ? gzipSync(text ?? '') : Buffer.from(text ?? '');
  const content = text === undefined ? undefined : new Content(bytes, coding ?? '', 1024);
  return readTokenRequest({ method: 'POST', path: '/token', headers, content });
}

const refused = (code: string): unknown => expect.objectContaining({ code });

describe('no request for a token', () => {
  it.each([
    ['is one without content', undefined],
    ['is one without a grant', 'client_id=a'],
    ['is one with an empty grant', 'grant_type='],
    ['is one with two grants', 'grant_type=refresh_token&grant_type=client_credentials'],
    ['is an exchange for a refresh token', `${exchange}&requested_token_type=${tokenType}refresh_token`],
    ['is an exchange for two types', `${exchange}&requested_token_type=${tokenType}jwt&requested_token_type=x`],
  ])('%s', (_, text) => {
    expect(() => read(text)).toThrow(refused('token_request'));
  });

  it.each([
    ['is text', 'text/plain', 'grant_type=a'],
    ['is content of no type', '', 'grant_type=a'],
    ['is broken JSON', 'application/json', '{"grant_type":'],
    ['is a list', 'application/json', '["grant_type"]'],
    ['is null', 'application/json', 'null'],
    ['has a grant of its prototype only', 'application/json', '{"__proto__":{"grant_type":"a"}}'],
    ['has a grant that is no text', 'application/json', '{"grant_type":1}'],
  ])('%s', (_, type, text) => {
    expect(() => read(text, type)).toThrow(refused('token_request'));
  });

  it('is one in a coding that cannot be read, or grows beyond all bounds', () => {
    expect(() => read('grant_type=a', form, 'compress')).toThrow(refused('body_coding'));
    expect(() => read(`grant_type=${'a'.repeat(2000)}`, form, 'gzip')).toThrow(refused('body_too_large'));
  });

  it('says what it holds', () => {
    try {
      read('grant_type=a&secret=s3cr3t-9', 'text/plain');
    } catch (error) {
      expect(((error as Error).cause as Error).message).not.toContain('s3cr3t');
    }
    expect.assertions(1);
  });
});

describe('a request for a token', () => {
  it.each([
    ['client_credentials', form],
    ['refresh_token', `${form}; charset=UTF-8`],
    ['authorization_code', 'APPLICATION/X-WWW-FORM-URLENCODED'],
    ['urn:ietf:params:oauth:grant-type:jwt-bearer', form],
  ])('may be by the grant %s, in the type %s', (grant, type) => {
    expect(read(`grant_type=${encodeURIComponent(grant)}`, type)).toMatchObject({ issuedTokenType: undefined });
  });

  it('may be JSON, and compressed', () => {
    expect(read('{"grant_type":"client_credentials"}', 'application/json')).toMatchObject({
      issuedTokenType: undefined,
    });
    expect(read('grant_type=a', form, 'gzip')).toMatchObject({ issuedTokenType: undefined });
  });

  it('that exchanges one gets the type it asked for', () => {
    expect(read(exchange)).toMatchObject({ issuedTokenType: `${tokenType}access_token` });
    expect(read(`${exchange}&requested_token_type=${tokenType}jwt`)).toMatchObject({
      issuedTokenType: `${tokenType}jwt`,
    });
  });
});

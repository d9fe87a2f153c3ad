import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { Refusal, type RefusalCode } from '../../src/core/refusal.js';
import { tokenContent, tokenRefusalContent, type GivenToken } from '../../src/proxy/token-answer.js';

const now = 1_000_000_000_000;
const token = { placeholder: 'kw_x', scope: undefined, issuedTokenType: undefined, expiresAt: undefined, now };

function answered(more: Partial<GivenToken> = {}): Readonly<Record<string, unknown>> {
  return JSON.parse(tokenContent({ ...token, ...more }, 'id').body.toString()) as Record<string, unknown>;
}

describe('the answer to a request for a token', () => {
  it('is as RFC 6749 section 5.1 has it, and kept by no cache', () => {
    const { body, fields } = tokenContent(token, 'some-id');
    const headers = new HeaderList(fields);
    expect(JSON.parse(body.toString())).toEqual({ access_token: 'kw_x', token_type: 'Bearer', expires_in: 3600 });
    expect(headers.all('content-type')).toEqual(['application/json']);
    expect(headers.all('content-length')).toEqual([String(body.length)]);
    expect(headers.all('cache-control')).toEqual(['no-store']);
    expect(headers.all('pragma')).toEqual(['no-cache']);
    expect(headers.all('x-keywright-request-id')).toEqual(['some-id']);
  });

  it('has the scope and the type of token, where they are known', () => {
    expect(answered({ scope: 'a b', issuedTokenType: 'urn:x' })).toMatchObject({
      scope: 'a b',
      issued_token_type: 'urn:x',
    });
  });

  it.each([
    ['what is left', 1800, 1800],
    ['an hour at most', 86_400, 3600],
    ['ten minutes at least', 599, 600],
    ['ten minutes where it should be over', -5, 600],
  ])('lasts for %s', (_, left, seconds) => {
    expect(answered({ expiresAt: now + left * 1000 + 999 })['expires_in']).toBe(left < 0 ? 600 : seconds);
  });
});

describe('a refusal in the grammar of OAuth', () => {
  it.each<[RefusalCode, string]>([
    ['token_request', 'invalid_request'],
    ['placeholder_misplaced', 'invalid_request'],
    ['body_too_large', 'invalid_request'],
    ['no_placeholder', 'unauthorized_client'],
    ['secret_unavailable', 'temporarily_unavailable'],
    ['audit_unavailable', 'temporarily_unavailable'],
    ['internal', 'server_error'],
  ])('is for %s %s', (code, error) => {
    const { body, fields } = tokenRefusalContent(new Refusal(code, { cause: new Error('s3cr3t') }), 'some-id');
    const parsed = JSON.parse(body) as { error_description: string };
    expect(parsed).toMatchObject({ error, request_id: 'some-id' });
    // RFC 6749 section 5.2.
    expect(parsed.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
    expect(parsed.error_description).toContain(code);
    expect(body).not.toContain('s3cr3t');
    expect(new HeaderList(fields).first('content-length')).toBe(String(Buffer.byteLength(body)));
  });

  it('says which method there is', () => {
    const { fields } = tokenRefusalContent(new Refusal('method_refused'), 'some-id');
    expect(new HeaderList(fields).first('allow')).toBe('POST');
  });
});

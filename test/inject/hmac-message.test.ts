import { describe, expect, it } from '@jest/globals';
import { generatedSecret } from './credentials.js';
import { make, sign, signable, type Entry, type Request } from './signing.js';

const text = generatedSecret();

describe('an hmac signer that cannot be', () => {
  it.each<[string, Entry, string]>([
    [
      'signs a part there is not',
      { message: '{method}{cookie}' },
      'what the message of an hmac may name is {method}, {target}',
    ],
    ['signs a secret', { message: '{github.value}' }, 'what the message of an hmac may name'],
    ['signs a header without a name', { message: '{header}' }, '{header.NAME}'],
    ['signs a field that is not known yet', { message: '{header.Content-Length}' }, 'cannot be signed'],
    [
      'signs nothing of the request',
      { message: '{timestamp}.{nonce}', timestamp_header: 'a', nonce_header: 'b' },
      'good for any',
    ],
    ['signs a text alone', { message: 'hello' }, 'good for any'],
    ['signs its own header', { message: '{path}{header.x_signature}' }, 'cannot hold the header'],
    ['signs a timestamp that nobody is told', { message: '{path}{timestamp}' }, 'timestamp_header'],
    ['signs a nonce that nobody is told', { message: '{path}{nonce}' }, 'nonce_header'],
    ['sends no signature', { template: 't={timestamp}' }, 'needs {signature}'],
    ['sends a part there is not', { template: '{signature}{path}' }, 'what the template of an hmac may name'],
    ['sends a line end', { template: 'a\n{signature}' }, 'visible ASCII'],
    ['sends a space at an end', { template: '{signature} ' }, 'visible ASCII'],
    ['has a stray brace', { message: '{path' }, 'a brace in a template'],
    ['goes in a field that routes', { header: 'Host' }, 'cannot stand in the header host'],
    ['has a timestamp in a field that frames', { timestamp_header: 'Transfer-Encoding' }, 'cannot stand in'],
    ['has two in one header', { timestamp_header: 'x_signature' }, 'in a header each'],
  ])('%s', (_, entry, why) => {
    expect(() => make(entry)).toThrow(why);
  });
});

describe('a request is not signed', () => {
  it.each<[string, Entry, Request, string]>([
    ['whose body is not in memory', { message: '{body}' }, { hasBody: true }, 'the body is not in memory'],
    ['without a header that is signed', { message: '{path}{header.X-Key}' }, {}, 'it has no header X-Key'],
    [
      'with two of them',
      { message: '{path}{header.x-key}' },
      { headers: ['X-Key', 'a', 'x-key', 'b'] },
      'more than once',
    ],
    [
      'with another that reads the same',
      { message: '{path}{header.x-key}' },
      { headers: ['X-Key', 'a', 'x_key', 'b'] },
      'more than once',
    ],
    // None of these comes so far: the parsers refuse them.
    [
      'with a line end in a header',
      { message: '{method}\n{header.a}' },
      { headers: ['a', 'b\nc'] },
      'a part of it holds a line end',
    ],
    [
      'with a line end in its path',
      { message: '{method}\n{path}' },
      { path: '/a\r\nb' },
      'a part of it holds a line end',
    ],
    ['with a line end in its query', { message: '{query}' }, { path: '/?a\nb' }, 'a part of it holds a line end'],
  ])('%s', (_, entry, request, why) => {
    const draft = signable(request);
    const refusal = expect.objectContaining({
      code: 'unsignable',
      cause: expect.objectContaining({ name: 'Reason', message: expect.stringContaining(why) }),
    });
    expect(() => sign(make(entry), draft, { value: text })).toThrow(refusal);
    expect(draft.headers.has('x-signature')).toBe(false);
  });
});

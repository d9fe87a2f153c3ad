import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../../src/core/header-list.js';
import { headWith } from '../credentials.js';
import { accepted, keys, now, pass, presigned, unsignable } from './signing.js';
import { verify } from './verifier.js';

describe('a presigned URL', () => {
  it('is signed in its headers, and its query keeps what is not of the signature', async () => {
    const path = presigned({ 'X-Amz-Security-Token': 'a-placeholder', 'x-id': 'GetObject', versionId: '1' });
    const { arrived } = await pass(headWith([], path));
    expect(arrived.url).toBe('/key?x-id=GetObject&versionId=1');
    verify(arrived, keys, now);
  });

  it('has the headers again that were moved into it', async () => {
    const path = presigned({ 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD', 'x-amz-checksum-mode': 'ENABLED' });
    const { arrived } = await pass(headWith([], path));
    const headers = new HeaderList(arrived.rawHeaders);
    expect(arrived.url).toBe('/key');
    expect(headers.first('x-amz-content-sha256')).toBe('UNSIGNED-PAYLOAD');
    expect(headers.first('x-amz-checksum-mode')).toBe('ENABLED');
    expect(verify(arrived, keys, now).signedHeaders).toContain('x-amz-checksum-mode');
  });

  it.each([
    ['a line break', [], { 'x-amz-acl': 'a\r\nx: 1' }],
    ['a header that is there too', ['x-amz-acl', 'private'], { 'x-amz-acl': 'public-read' }],
  ])('is refused where a parameter cannot become a header: %s', async (_, headers, more) => {
    await expect(pass(headWith(headers, presigned(more)))).rejects.toEqual(unsignable);
  });

  it('is spelled in any case', async () => {
    const path = presigned().replace('X-Amz-Credential', 'x-amz-%63redential').replace('X-Amz-Date', 'x-amz-date');
    await accepted(headWith([], path));
  });
});

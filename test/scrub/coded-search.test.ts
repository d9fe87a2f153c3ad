import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { constants, deflateRawSync } from 'node:zlib';
import { CodedSearch } from '../../src/scrub/coded-search.js';
import { compileNeedles } from '../../src/scrub/forms.js';

const secret = `ghp_${randomBytes(18).toString('hex')}.`;
const needles = compileNeedles([secret], []);
/** Pieces of one stream, each of which decodes on its own. */
const flushed = (text: string): Buffer => deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });

describe('coded bytes', () => {
  it('wait from the chunk in which a form began, those before it do not, and they never go on when it is one', async () => {
    const search = new CodedSearch('deflate', needles, 'text/plain');
    const [clean, begun, more, ending] = ['a.\n', secret.slice(0, 9), secret.slice(9, 20), secret.slice(20)].map(
      flushed,
    );
    expect(await search.feed(clean!)).toEqual(clean);
    expect((await search.feed(begun!)).length).toBe(0);
    expect((await search.feed(more!)).length).toBe(0);
    expect(search.found).toBe(0);
    await search.feed(ending!);
    expect(search.found).toBe(1);
    search.close();
  });

  it('go on together when it turns out to be none', async () => {
    const search = new CodedSearch('deflate', needles, 'text/plain');
    const [begun, other] = [flushed(secret.slice(0, 9)), flushed('.\n')];
    expect((await search.feed(begun)).length).toBe(0);
    expect(await search.feed(other)).toEqual(Buffer.concat([begun, other]));
    const last = deflateRawSync(secret.slice(0, 9));
    expect((await search.feed(last)).length).toBe(0);
    expect(await search.finish()).toEqual(last);
    expect(search.found).toBe(0);
  });
});

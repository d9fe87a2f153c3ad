import { describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { BodyScrubber, type Edges } from '../../src/scrub/body.js';
import { compileNeedles } from '../../src/scrub/forms.js';

const secret = `ghp_${randomBytes(18).toString('hex')}`;
const needles = compileNeedles([secret], [`Bearer ${secret}`, btoa(`me:${secret}`)]);
const stars = '*'.repeat(secret.length);

function scrub(parts: readonly string[], edges?: Edges, contentType?: string) {
  const scrubber = new BodyScrubber(needles, contentType, edges);
  const out = parts.map((part) => scrubber.push(Buffer.from(part)).toString());
  return { out, end: scrubber.end().toString(), masked: scrubber.masked };
}

describe('a body', () => {
  it('is masked where a secret was echoed, and counted', () => {
    expect(scrub([`{"auth":"Bearer ${secret}","again":"${secret}"}`])).toEqual({
      out: [`{"auth":"Bearer ${stars}","again":"${stars}"}`],
      end: '',
      masked: 2,
    });
  });

  it('is masked where it is split, with only the beginning of the secret held back', () => {
    const parts = [`a ${secret.slice(0, 7)}`, secret.slice(7, 20), `${secret.slice(20)}. `];
    expect(scrub(parts)).toEqual({ out: ['a ', '', `${stars}. `], end: '', masked: 1 });
  });

  it('gets back in the end what turned out to be no secret', () => {
    expect(scrub([`a ${secret.slice(0, 7)}`, '.'])).toEqual({
      out: ['a ', `${secret.slice(0, 7)}.`],
      end: '',
      masked: 0,
    });
    expect(scrub([`a ${secret.slice(0, 20)}`])).toEqual({ out: ['a '], end: secret.slice(0, 20), masked: 0 });
  });

  it('that ends in a secret which may be the beginning of another occurrence is masked once and whole', () => {
    const twice = compileNeedles(['abcd1234abcd1234abcd'], []);
    const scrubber = new BodyScrubber(twice);
    const text = '<abcd1234abcd1234abcd1234abcd>';
    const out =
      Array.from(text)
        .map((character) => scrubber.push(Buffer.from(character)).toString())
        .join('') + scrubber.end().toString();
    expect(out).toBe(`<${'*'.repeat(text.length - 2)}>`);
    const alone = new BodyScrubber(twice);
    expect(alone.push(Buffer.from('<abcd1234abcd1234abcd')).toString()).toBe('<********');
    expect(alone.push(Buffer.from('!')).toString()).toBe(`${'*'.repeat(12)}!`);
    expect(alone.masked).toBe(1);
  });

  it('that is clean passes as the very same buffers', () => {
    const scrubber = new BodyScrubber(needles);
    for (const text of ['', 'hello ', '%20\\n&amp; ', 'world\n']) {
      const chunk = Buffer.from(text);
      expect(scrubber.push(chunk)).toBe(chunk);
    }
    expect(scrubber.end().length).toBe(0);
    expect(scrubber.masked).toBe(0);
  });

  it('is never written to in place: the chunk may belong to somebody else', () => {
    const chunk = Buffer.from(`x${secret}.`);
    expect(new BodyScrubber(needles).push(chunk).toString()).toBe(`x${stars}.`);
    expect(chunk.toString()).toBe(`x${secret}.`);
  });

  it('passes unsearched where there is nothing to look for', () => {
    const scrubber = new BodyScrubber(compileNeedles([], []));
    const chunk = Buffer.from(secret);
    expect(scrubber.push(chunk)).toBe(chunk);
    expect(scrubber.end().length).toBe(0);
  });

  it('with a short secret is masked in text only, and only as it stands', () => {
    const short = compileNeedles(['hunter2hunter2'], []);
    const text = `hunter2hunter2 ${btoa('hunter2hunter2')}`;
    expect(new BodyScrubber(short, 'application/json').push(Buffer.from(text)).toString()).toBe(
      text.replace('hunter2hunter2', '*'.repeat(14)),
    );
    expect(new BodyScrubber(short, 'application/zip').push(Buffer.from(text)).toString()).toBe(text);
  });
});

describe('a stream of events', () => {
  it('is not delayed: each event goes on at once', () => {
    const scrubber = new BodyScrubber(needles, 'text/event-stream');
    for (const text of ['data: {"delta":"ghp_"}\n\n', 'event: x\ndata: 100%\n\n', `data: ${secret}\n\n`, ':\n\n']) {
      expect(scrubber.push(Buffer.from(text)).toString()).toBe(text.replace(secret, stars));
    }
  });

  it('holds back never more than the longest spelling', () => {
    const scrubber = new BodyScrubber(needles);
    const endless = Array.from(secret)
      .map((character) => `\\u00${character.charCodeAt(0).toString(16)}`)
      .join('')
      .slice(0, -1);
    let held = 0;
    for (let i = 0; i < 50; i += 1) {
      for (const byte of Buffer.from(endless)) {
        held += 1 - scrubber.push(Buffer.of(byte)).length;
        expect(held).toBeLessThanOrEqual(secret.length * 6);
      }
    }
    expect(held).toBeGreaterThan(secret.length * 5);
    expect(scrubber.end().length).toBe(held);
  });
});

describe('a byte range', () => {
  const both = { start: true, end: true };
  const cut = (parts: readonly string[], edges: Edges = both) => {
    const { out, end, masked } = scrub(parts, edges);
    return { text: out.join('') + end, masked };
  };

  it('is masked at its edges from six bytes on', () => {
    expect(cut([`${secret.slice(-6)} and ${secret.slice(0, 6)}`])).toEqual({ text: '****** and ******', masked: 2 });
    const five = `${secret.slice(-5)} and ${secret.slice(0, 5)}`;
    expect(cut([five])).toEqual({ text: five, masked: 0 });
  });

  it('from within a secret is masked whole', () => {
    expect(cut([secret.slice(8, 18)])).toEqual({ text: '*'.repeat(10), masked: 1 });
    expect(cut(Array.from(secret.slice(8, 18)))).toEqual({ text: '*'.repeat(10), masked: 1 });
  });

  it('is masked at escaped edges, even where they cut an escape', () => {
    const escaped = Array.from(secret)
      .map((character) => `%${character.charCodeAt(0).toString(16)}`)
      .join('');
    expect(cut([`${escaped.slice(31)} and ${escaped.slice(0, 40)}`])).toEqual({
      text: `${'*'.repeat(escaped.length - 31)} and ${'*'.repeat(40)}`,
      masked: 2,
    });
  });

  it('loses nothing in between, however it is split', () => {
    const text = `${secret.slice(10)}, ${secret}, ${secret.slice(0, 12)}`;
    const expected = { text: `${'*'.repeat(secret.length - 10)}, ${stars}, ${'*'.repeat(12)}`, masked: 3 };
    expect(cut([text])).toEqual(expected);
    expect(cut(Array.from(text))).toEqual(expected);
  });

  it('is masked only at the edges that were asked for', () => {
    const text = `${secret.slice(-9)}.${secret.slice(0, 9)}`;
    expect(cut([text], { start: true, end: false }).text).toBe(`*********.${secret.slice(0, 9)}`);
    expect(cut([text], { start: false, end: true }).text).toBe(`${secret.slice(-9)}.*********`);
  });

  it('that is empty or short stays so', () => {
    expect(cut([])).toEqual({ text: '', masked: 0 });
    expect(cut(['g'])).toEqual({ text: 'g', masked: 0 });
    expect(cut(['hello world!'])).toEqual({ text: 'hello world!', masked: 0 });
  });
});

describe('a guess', () => {
  it('of all but one byte is not masked: a mask tells nothing but that the whole was known', () => {
    for (let i = 0; i < secret.length; i += 1) {
      const guess = `${secret.slice(0, i)}${secret[i] === '~' ? '!' : '~'}${secret.slice(i + 1)}`;
      expect(scrub([`guess=${guess};`])).toMatchObject({ out: [`guess=${guess};`], masked: 0 });
    }
  });

  it('that is masked leaves its neighbours as they are', () => {
    for (const around of ['g', '%', '\\', '&', '%6', secret.slice(0, 30), secret.slice(-30)]) {
      expect(scrub([`${around}${secret}.${around}.`]).out).toEqual([`${around}${stars}.${around}.`]);
    }
  });
});

describe('bytes without a secret come through identical', () => {
  const png = () => {
    const chunk = (type: string, data: Buffer) =>
      Buffer.concat([Buffer.of(0, 0, data.length >> 8, data.length & 255), Buffer.from(type), data, randomBytes(4)]);
    const header = Buffer.from('89504e470d0a1a0a', 'hex');
    return Buffer.concat([
      header,
      chunk('IHDR', randomBytes(13)),
      chunk('IDAT', deflateSync(randomBytes(40_000))),
      chunk('IEND', Buffer.alloc(0)),
    ]);
  };
  const zip = () =>
    Buffer.concat([
      Buffer.from('PK\x03\x04'),
      randomBytes(26),
      deflateRawSync(Buffer.alloc(300_000, 'Some text. ')),
      Buffer.from('PK\x05\x06'),
    ]);
  const four = compileNeedles([secret, ...[1, 2, 3].map(() => randomBytes(15).toString('base64'))], []);

  it.each([
    ['random bytes, 64 MiB', () => randomBytes(1 << 20), 64],
    ['gzip', () => gzipSync(randomBytes(100_000).toString('hex')), 8],
    ['brotli', () => brotliCompressSync(randomBytes(20_000).toString('hex')), 4],
    ['zip', zip, 8],
    ['PNG', png, 8],
    ['base64', () => Buffer.from(randomBytes(750_000).toString('base64')), 8],
    ['escapes', () => Buffer.from(JSON.stringify(encodeURIComponent(randomBytes(100_000).toString('latin1')))), 4],
  ])('%s', (_, make, times) => {
    const scrubber = new BodyScrubber(four);
    const [sent, received] = [createHash('sha256'), createHash('sha256')];
    for (let i = 0; i < times; i += 1) {
      const bytes = make();
      sent.update(bytes);
      for (let at = 0; at < bytes.length; at += 65_536) received.update(scrubber.push(bytes.subarray(at, at + 65_536)));
    }
    received.update(scrubber.end());
    expect(received.digest('hex')).toBe(sent.digest('hex'));
    expect(scrubber.masked).toBe(0);
  });
});

import { expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { compileNeedles } from '../../src/scrub/forms.js';
import { Uncoding } from '../../src/scrub/uncoding.js';

const secret = `ghp_${randomBytes(18).toString('hex')}`;
const needles = compileNeedles([secret], []);

it('a body that expands beyond 8 MiB in one step is refused, not held', async () => {
  const uncoding = new Uncoding('gzip', needles, 'text/plain');
  await expect(uncoding.feed(gzipSync(Buffer.alloc(8 * 1024 * 1024 + 1)))).rejects.toThrow(
    'a content coding that cannot be scrubbed',
  );
  uncoding.close();
});

it('a body comes out masked, step by step', async () => {
  const uncoding = new Uncoding('gzip', needles, 'text/plain');
  const sent = gzipSync(`<${secret}>`);
  const out = [
    await uncoding.feed(sent.subarray(0, 20)),
    await uncoding.feed(sent.subarray(20)),
    await uncoding.finish(),
  ];
  expect(Buffer.concat(out).toString()).toBe(`<${'*'.repeat(secret.length)}>`);
  expect(uncoding.masked).toBe(1);
});

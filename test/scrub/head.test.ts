import { expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { HeaderList } from '../../src/core/header-list.js';
import { compileNeedles } from '../../src/scrub/forms.js';
import { scrubHead } from '../../src/scrub/headers.js';

const secret = `ghp_${randomBytes(18).toString('hex')}`;
const stars = '*'.repeat(secret.length);
const needles = compileNeedles([secret], []);

it.each([0, 20_000])(
  'a head is masked in its status text and its fields, and counted, with %i bytes more of it',
  (more) => {
    const headers = new HeaderList(['X-More', '.'.repeat(more), 'X-A', `<${secret}>`, `X-${secret}`, '1', 'X-B', 'é']);
    expect(scrubHead(`no ${secret}`, headers, needles)).toEqual({ text: `no ${stars}`, masked: 3 });
    expect(headers.raw).toEqual(['X-More', '.'.repeat(more), 'X-A', `<${stars}>`, 'X-B', 'é']);
  },
);

it('a clean head stays as it is, also after one that was not', () => {
  const headers = new HeaderList(['X-A', 'b']);
  scrubHead(secret, new HeaderList(), needles);
  expect(scrubHead('OK', headers, needles)).toEqual({ text: 'OK', masked: 0 });
  expect(headers.raw).toEqual(['X-A', 'b']);
});

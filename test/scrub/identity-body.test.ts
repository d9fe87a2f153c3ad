import { expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { compileNeedles } from '../../src/scrub/forms.js';
import { IdentityBody } from '../../src/scrub/identity-body.js';
import { sendThrough } from './coded.js';

const secret = `ghp_${randomBytes(18).toString('hex')}`;

it('a body in no coding goes on masked under its own head, whenever that is released', async () => {
  for (const release of [Infinity, 0, 1, 2]) {
    const body = new IdentityBody(compileNeedles([secret], []), 'text/plain', { start: false, end: false });
    const { head, bytes } = await sendThrough(
      body,
      [Buffer.from(`<${secret.slice(0, 9)}`), Buffer.from(`${secret.slice(9)}>`)],
      release,
    );
    expect([head, bytes.toString(), body.masked]).toEqual(['as-is', `<${'*'.repeat(secret.length)}>`, 1]);
  }
});

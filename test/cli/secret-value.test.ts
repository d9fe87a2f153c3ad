import { describe, expect, it } from '@jest/globals';
import { readFields, readValue } from '../../src/cli/secret-value.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { someValue } from '../secrets/store/support.js';

/** Somebody who types this where it is asked for. */
function typing(typed: string): Terminal {
  const asked = { askHidden: () => Promise.resolve(typed), interactive: true };
  return asked as unknown as Terminal;
}

const asked = { name: 'github', field: 'value', plainFields: [] };

describe('a value at a terminal', () => {
  it('is what was typed, unseen', async () => {
    const value = someValue();
    const { fields } = await readValue(asked, typing(value));
    expect(fields).toEqual(new Map([['value', value]]));
  });

  it('with a key in it that is no character is refused, and not repeated', async () => {
    const value = someValue();
    const failed: unknown = await readValue(asked, typing(`${value}\x1b[A`)).catch((error: unknown) => error);
    expect(failed).toMatchObject({ message: expect.stringMatching(/no character/) });
    expect(String(failed)).not.toContain(value);
  });

  it('is not read as an object, since what is typed would be seen', async () => {
    await expect(readFields([], typing('{}'))).rejects.toThrow(/pipe the object in/);
  });
});

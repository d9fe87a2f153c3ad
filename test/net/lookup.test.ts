import { describe, expect, it } from '@jest/globals';
import { systemLookup } from '../../src/net/lookup.js';

describe('the system look-up', () => {
  it('does not begin once given up', async () => {
    await expect(systemLookup('localhost', AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('fails with a code for a name that does not exist', async () => {
    const { signal } = new AbortController();
    // No label is longer than 63 characters (RFC 1035), so no server is asked.
    await expect(systemLookup(`${'a'.repeat(64)}.test`, signal)).rejects.toMatchObject({
      code: expect.stringMatching(/^E/),
    });
  });

  it('gives every address with its family', async () => {
    const found = await systemLookup('localhost', new AbortController().signal);
    expect(found.length).toBeGreaterThan(0);
    for (const { address, family } of found)
      expect([`${family} 127.0.0.1`, `${family} ::1`]).toContain(`${family} ${address}`);
  });
});

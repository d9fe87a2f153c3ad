import { describe, expect, it } from '@jest/globals';
import { runSection } from '../../src/config/schema-run.js';

const section = runSection();

describe('the section of run', () => {
  it.each([
    { env: { 'A-B': 's' } },
    { env: { '1A': 's' } },
    { env: { A: 'a b' } },
    { args: { token: 's' } },
    { args: { '--': 's' } },
    { args: { '--a=b': 's' } },
    { registries: ['https://packages.example.com/'] },
    { pass: 'A' },
    { java: 'yes' },
    { confine: true },
  ])('cannot be %j', (run) => {
    expect(section.safeParse(run).success).toBe(false);
  });

  it('says which variables and options hold which secret', () => {
    const run = { env: { A_1: 's' }, args: { '--api-key': 's', '-k': 't' }, pass: ['_B'], java: true };
    expect(section.parse({ ...run, registries: ['packages.example.com'] })).toEqual({
      ...run,
      registries: [{ wildcard: false, host: 'packages.example.com', kind: 'name', port: 443 }],
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { caSection } from '../../src/config/schema-ca.js';

const section = caSection('/etc/k');

describe('the CA', () => {
  it.each([
    {},
    { mode: 'new' },
    { mode: 'files', cert_file: 'a' },
    { mode: 'files', cert_file: 'a', key_file: 'b', permit: ['example.com'] },
    { mode: 'memory', dir: 'a' },
    { mode: 'memory', permit: [] },
    { mode: 'memory', permit: ['*.example.com'] },
    { mode: 'memory', permit: ['Example.com'] },
    { mode: 'memory', permit: ['example.com.'] },
    { mode: 'generate', key_file: 'a' },
  ])('cannot be %j', (ca) => {
    expect(section.safeParse(ca).success).toBe(false);
  });

  it('is generated where nothing is said', () => {
    expect(section.parse(undefined)).toEqual({ mode: 'generate', dir: '/etc/k/certs' });
  });

  it('may be limited to domains', () => {
    const permit = ['example.com', 'a-b.example'];
    expect(section.parse({ mode: 'memory', permit })).toEqual({ mode: 'memory', permit });
    expect(section.parse({ mode: 'generate', dir: '/a', permit })).toEqual({ mode: 'generate', dir: '/a', permit });
  });
});

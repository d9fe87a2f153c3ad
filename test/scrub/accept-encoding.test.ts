import { describe, expect, it } from '@jest/globals';
import { askFor } from '../../src/scrub/accept-encoding.js';
import { codings } from '../../src/scrub/codings.js';

const zstd = codings.has('zstd');

describe('what a destination is asked for', () => {
  it.each([
    [[], 'identity', []],
    [[''], 'identity', []],
    [['compress, x'], 'identity', []],
    [['gzip'], 'gzip', ['gzip']],
    [['GZip, x-gzip;q=0.5, dcb'], 'gzip', ['gzip']],
    [['x-gzip'], 'gzip', ['gzip']],
    [['gzip, deflate, br'], 'gzip, deflate, br', ['gzip', 'deflate', 'br']],
    [['br;q=1.000, gzip ; q=0.8', 'deflate;q=0'], 'br, gzip;q=0.8', ['br', 'gzip']],
    [['gzip;q=2, br;q=0.1234, deflate;x=1, gzip'], 'gzip', ['gzip']],
    [['gzip;q=0.5, identity'], 'gzip;q=0.5, identity', ['gzip']],
    [['gzip, identity;q=0'], 'gzip, identity;q=0', ['gzip']],
    [['identity;q=0'], 'identity;q=0', []],
    [['compress, identity;q=0'], 'identity;q=0', []],
    [['br, *;q=0'], 'br, identity;q=0', ['br']],
    [['*;q=0'], 'identity;q=0', []],
    [['gzip;q=0, compress'], 'identity', []],
  ])('%j becomes %j', (accepted, line, expected) => {
    const asked = askFor(accepted);
    expect([asked.line, [...asked.codings]]).toEqual([line, expected]);
  });

  it('in place of * is every coding that is not named', () => {
    const others = zstd ? ', zstd;q=0.5' : '';
    expect(askFor(['gzip, *;q=0.5']).line).toBe(`gzip, deflate;q=0.5, br;q=0.5${others}, identity;q=0.5`);
    expect([...askFor(['*']).codings]).toEqual([...codings]);
  });

  it('has zstd in it where Node has', () => {
    expect(askFor(['zstd']).line).toBe(zstd ? 'zstd' : 'identity');
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    expect(zstd).toBe(major > 23 || (major === 23 && minor >= 8) || (major === 22 && minor >= 15));
  });

  it('is the same when it is asked for again, and however many other lines came between', () => {
    for (const text of ['gzip;q=0.3, *;q=0.1', 'br', '', 'identity;q=0, deflate']) {
      const asked = askFor([text]);
      for (let i = 0; i < 100; i += 1) askFor([`x-${i}`]);
      expect(askFor([asked.line])).toEqual(asked);
    }
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const text = readFileSync('docs/threat-model.md', 'utf8');

/** The last cell of each row: tests as `path › describe › it`, several of them with commas between, `R`, `W` and `S` for three folders. */
const named = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && line.split(' | ').length === 4)
  .flatMap((line) =>
    Array.from((line.split(' | ')[3] ?? '').matchAll(/`((?:R|W|S|test)\/[^`]+)`/g), ([, name = '']) => name),
  )
  .map((name) =>
    name.replace(/^R\//, 'test/regressions/').replace(/^W\//, 'test/wire/').replace(/^S\//, 'test/secrets/'),
  );

describe('the threat model', () => {
  it.each(named)('names a test that is there: %s', (name) => {
    const [path = '', group] = name.split(' › ');
    if (path.includes('*')) return;
    expect(existsSync(path)).toBe(true);
    if (group === undefined || group.includes('…')) return;
    // Source text has its own quotes: what stands between them has none.
    const source = readFileSync(path, 'utf8').replaceAll("\\'", "'");
    expect(source).toContain(group);
  });

  it('has rows', () => expect(named.length).toBeGreaterThan(80));
});

import { describe, expect, it } from '@jest/globals';
import { beginsLikeKey } from '../../src/core/key-shape.js';

describe('the beginning of a key', () => {
  it.each([
    'ghp_a',
    'github_pat_a',
    'glpat-a',
    'sk-a',
    'sk_a',
    'rk_a',
    'xoxb-a',
    'AKIAX',
    'eyJh',
    'AIzaX',
    'hvs.a',
    'npm_a',
  ])('is known: %s', (text) => expect(beginsLikeKey(text)).toBe(true));

  it.each(['', 'GITHUB_TOKEN', 'git', 'token.pem', './ghp_a', 'skip', 'hvs', 'npm', 'npm_config_token'])(
    'is not seen in %j',
    (text) => {
      expect(beginsLikeKey(text)).toBe(false);
    },
  );
});

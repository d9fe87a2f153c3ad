import { describe, expect, it } from '@jest/globals';
import { literalPrefix, neverHarmless, secretShapeIn, shapeOfValue } from '../../src/adopt/secret-shapes.js';
import { madeUp } from './made-up.js';

describe('secrets are known by their shape', () => {
  it.each([
    'ghp_<36 alnum>',
    'github_pat_<22 alnum>_<59 alnum>',
    'glpat-<20 base64url>',
    'sk-<48 alnum>',
    'sk-ant-api03-<93 base64url>AA',
    'sk_live_<24 alnum>',
    'rk_test_<24 alnum>',
    'xoxb-<12 digits>-<12 digits>-<24 alnum>',
    'AKIA<16 upper>',
    'AIza<35 base64url>',
    'eyJhbGciOiJIUzI1NiJ9.eyJ<30 base64url>.<43 base64url>',
    'npm_<36 alnum>',
    'pypi-<80 base64url>',
    'postgres://me:<10 alnum>@db.example.com/x',
    'mongodb+srv://me:<10 alnum>@cluster.example.com',
    'redis://:<10 alnum>@cache:6379',
    'https://x-access-token:<20 alnum>@github.com/a/b',
    '-----BEGIN PRIVATE KEY-----<20 base64url>',
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    'tvly-<32 alnum>',
    'dop_v1_<64 hex>',
    'hf_<34 alnum>',
    'shpat_<32 hex>',
    'SG.<22 base64url>.<43 base64url>',
  ])('%s, alone and within other text', (shape) => {
    const secret = madeUp(shape);
    expect(secretShapeIn(secret)).toBeDefined();
    expect(secretShapeIn(`key="${secret}"`)).toBeDefined();
  });
});

describe('other text is no secret', () => {
  it.each([
    'https://example.com/path?x=1',
    'https://user@example.com',
    'git@github.com:acme/site.git',
    'C:\\Users\\me',
    '/usr/local/bin:/usr/bin',
    'sk-short',
    'task-abcdefghijklmnopqrstuvwxyz',
    'desk_live_abcdefghijklmnop',
    'key-rotation-schedule-of-the-year',
    'ghp_short',
    '2026-11-23T20:48:00Z',
    'en_GB.UTF-8',
    'http://proxy.example.com:3128',
    'a:b@c',
    'eyJhbGciOiJIUzI1NiJ9',
  ])('%s', (text) => expect(secretShapeIn(text)).toBeUndefined());
});

describe('the shape of a value', () => {
  it('is the one with the longest beginning', () => {
    const shapes = ['sk-<48 alnum>', 'sk-proj-<48 alnum>'];
    expect(shapeOfValue(shapes, 'sk-proj-x')).toBe('sk-proj-<48 alnum>');
    expect(shapeOfValue(shapes, 'sk-x')).toBe('sk-<48 alnum>');
    expect(shapeOfValue(shapes, 'other')).toBeUndefined();
    expect(shapeOfValue(['<40 alnum>'], 'other')).toBeUndefined();
  });

  it('begins with its literal text', () => expect(literalPrefix('a_b<3 hex>c')).toBe('a_b'));
});

it('private keys and passwords in URLs are secrets under any name', () => {
  const names = ['-----BEGIN RSA PRIVATE KEY-----', 'https://a:b@c.example', madeUp('AKIA<16 upper>')].map((text) =>
    secretShapeIn(text),
  );
  expect(names.map((shape) => shape !== undefined && neverHarmless(shape))).toEqual([true, true, false]);
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { iniOf } from '../../../src/secrets/aws/ini.js';

const plain = (text: string) => [...iniOf(text)].map(([name, section]) => [name, Object.fromEntries(section)]);

describe("a file of AWS's command line", () => {
  it('is read with its comments, its nested settings and its line ends left out', () => {
    const text = [
      '\ufeff# a comment',
      'stray = value',
      '[default]\r',
      'aws_access_key_id = AKIA1 ; mine\r',
      'AWS_SECRET_ACCESS_KEY=a+b/c==d#e\r',
      's3 =',
      '  role_arn = nested',
      '\tregion = nested',
      ';role_arn = commented',
      '[ profile two ] # spaces',
      'role_arn=arn:aws:iam::1:role/x',
      'no equals sign',
      '= no key',
      '[default]',
      'region = eu-central-1',
    ].join('\n');
    expect(plain(text)).toEqual([
      ['default', { aws_access_key_id: 'AKIA1', aws_secret_access_key: 'a+b/c==d#e', s3: '', region: 'eu-central-1' }],
      ['profile two', { role_arn: 'arn:aws:iam::1:role/x' }],
    ]);
  });

  it('may have names that every object has', () => {
    expect([...iniOf('[__proto__]\nconstructor = 1').get('__proto__')!]).toEqual([['constructor', '1']]);
  });

  it('is read in little time, whatever it is', () => {
    const line = fc.constantFrom('[', ']', ' ', '\t', '=', '#', ';', 'a', '\n', '\r');
    fc.assert(fc.property(fc.array(line, { maxLength: 200 }), (parts) => iniOf(parts.join('')).size <= 200));
    const begin = performance.now();
    iniOf(`[${' '.repeat(60_000)}\na${' '.repeat(60_000)}`);
    expect(performance.now() - begin).toBeLessThan(2000);
  });
});

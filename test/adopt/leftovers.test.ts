import { describe, expect, it } from '@jest/globals';
import { authorization, service } from '../../src/catalogue/service.js';
import { describeLeftover, isPassed, leftoverArguments, leftoverVariables } from '../../src/adopt/leftovers.js';
import { madeUp } from './made-up.js';

const secret = madeUp('<32 alnum>');

describe('leftovers among the arguments', () => {
  it.each([
    [['--api-key', secret], 'argument 2'],
    [[`--api-key=${secret}`], 'argument 1'],
    [['-e', `OWN_TOKEN=${secret}`], 'argument 2'],
    [['x', madeUp('ghp_<36 alnum>')], 'argument 2'],
    [['postgres://me:pw@db/x'], 'argument 1'],
    [['--header', `Authorization: Bearer ${madeUp('sk-<40 alnum>')}`], 'argument 2'],
  ])('are found in %j', (args, where) => {
    const leftovers = leftoverArguments(args);
    expect(leftovers.map((leftover) => leftover.where)).toEqual([where]);
    expect(JSON.stringify(leftovers)).not.toContain(secret);
  });

  it.each([
    [['-y', '@modelcontextprotocol/server-github@2025.4.8']],
    [['--api-key-file', '/home/me/key-of-mine']],
    [['--port', '8080']],
    [['--token', '--other']],
  ])('are none in %j', (args) => expect(leftoverArguments(args)).toEqual([]));
});

describe('leftovers among the variables', () => {
  const acme = service({
    name: 'acme',
    hosts: [],
    minting: { none: 'made up' },
    places: [authorization],
    variables: [],
    companions: ['ACME_SECRET_NAME', 'ACME_KEY_TOKEN', 'ACME_URL'],
  });

  it('are none in what comes with a service, but for passwords in URLs', () => {
    const variables = {
      ACME_KEY_TOKEN: secret,
      ACME_SECRET_NAME: madeUp('AKIA<16 upper>'),
      ACME_URL: 'https://me:pw@acme.example',
    };
    expect(leftoverVariables(variables, [acme])).toEqual([
      { where: 'ACME_URL', why: 'it looks like a password in a URL' },
    ]);
    expect(leftoverVariables(variables, [])).toHaveLength(3);
  });
});

describe('a leftover in words', () => {
  it('says how to let it pass', () => {
    expect(describeLeftover({ where: 'X', why: 'it looks odd' })).toBe(
      'X: it looks odd; hand it over unprotected with --pass X',
    );
    expect(describeLeftover({ where: 'argument 3', why: 'it looks odd' })).toContain('--pass argument:3');
    expect(isPassed(['argument:3'], 'argument 3')).toBe(true);
    expect(isPassed(['X'], 'Y')).toBe(false);
  });

  it('holds no control character of a name', () => {
    expect(describeLeftover({ where: 'X\u001b[31m\n', why: 'y' })).toBe(
      'X?[31m?: y; hand it over unprotected with --pass X?[31m?',
    );
  });
});

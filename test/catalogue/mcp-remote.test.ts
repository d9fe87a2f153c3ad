import { describe, expect, it } from '@jest/globals';
import { planDisarm } from '../../src/adopt/disarm.js';
import { madeUp } from '../adopt/made-up.js';

const url = 'https://mcp.example.com/sse';
const token = madeUp('<40 alnum>');
const plan = (args: readonly string[], environment: Record<string, string> = {}) =>
  planDisarm({ command: 'npx', args: ['-y', 'mcp-remote@0.15.1', ...args], environment });

describe('mcp-remote', () => {
  it('is refused where no argument says which host the credential is for', () => {
    const { bindings, leftovers } = plan(['http://mcp.example.com/', '--header', `Authorization: Bearer ${token}`]);
    expect(bindings).toEqual([]);
    expect(leftovers).toEqual([{ where: 'argument 5', why: expect.stringContaining('which host') }]);
  });

  it.each([
    [['--header', `Authorization: Bearer ${token}`], 'Authorization: Bearer PLACEHOLDER', 'authorization'],
    [['--header', `Authorization:${token}`], 'Authorization:PLACEHOLDER', 'authorization'],
    [['--header', `X-Api-Key: ${token}`], 'X-Api-Key: PLACEHOLDER', 'x-api-key'],
  ])('gets a placeholder in %j', (args, expected, name) => {
    const { bindings, leftovers, disarm, secretValues } = plan([url, ...args]);
    expect(leftovers).toEqual([]);
    expect(bindings).toEqual([expect.objectContaining({ hosts: ['mcp.example.com'], from: ['argument 5'] })]);
    expect(bindings[0]?.inject).toEqual([{ place: 'header', name, template: '{mcp-remote}', mode: 'substitute' }]);
    expect(disarm(() => 'PLACEHOLDER').args[4]).toBe(expected);
    expect(secretValues()).toEqual(new Map([['mcp-remote', token]]));
  });

  it('gets a placeholder in the variable that the header refers to', () => {
    const { bindings, disarm, leftovers } = plan([url, '--header', 'Authorization:${AUTH_HEADER}'], {
      AUTH_HEADER: `Bearer ${token}`,
    });
    expect(leftovers).toEqual([]);
    expect(bindings[0]).toMatchObject({ from: ['AUTH_HEADER'], hosts: ['mcp.example.com'] });
    expect(disarm(() => 'PLACEHOLDER')).toMatchObject({ environment: { AUTH_HEADER: 'Bearer PLACEHOLDER' } });
    expect(disarm(() => 'PLACEHOLDER').args[4]).toBe('Authorization:${AUTH_HEADER}');
  });

  it('keeps fields that are no secret, and a port of the URL', () => {
    const { bindings } = plan([
      'https://mcp.example.com:8443/x',
      '--header',
      'Accept: text/event-stream',
      '--header',
      `X-Key: ${token}`,
    ]);
    expect(bindings).toEqual([expect.objectContaining({ from: ['argument 7'], hosts: ['mcp.example.com:8443'] })]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { Malformed } from '../../src/http1/malformed.js';
import type { CallerAnswer } from '../../src/proxy/answer.js';
import type { CallerRequest } from '../../src/proxy/caller-request.js';
import { allowUpgrade, opaqueProtocolOf } from '../../src/proxy/upgrade.js';

const asking = (more: Partial<CallerRequest> = {}, upgrade = 'SPDY/3.1'): CallerRequest => ({
  method: 'POST',
  url: '/',
  version: '1.1',
  headers: new HeaderList(['Connection', 'Upgrade', 'Upgrade', upgrade]),
  framing: { kind: 'none' },
  body: undefined,
  trailers: new HeaderList(),
  ...more,
});

describe('a request for another protocol', () => {
  it.each<readonly [string, CallerRequest]>([
    ['in HTTP/2', asking({ version: '2' })],
    ['in HTTP/1.0', asking({ version: '1.0' })],
    ['with a body', asking({ framing: { kind: 'length', length: 1 } })],
    ['with a body of unknown length', asking({ framing: new Malformed('framing', 'twice') })],
    ['that Connection does not list', asking({ headers: new HeaderList(['Upgrade', 'tcp']) })],
    ...[
      'h2c',
      'H2C',
      'h2',
      'HTTP/2.0',
      'https',
      'TLS/1.2',
      'websocket',
      'WebSocket/13',
      'a, b',
      'a/b/c',
      '',
      'a\u00e9',
    ].map((protocol) => [`that is ${JSON.stringify(protocol)}`, asking({}, protocol)] as const),
  ])('is none %s', (_, request) => {
    expect(opaqueProtocolOf(request)).toBeUndefined();
  });

  it.each(['SPDY/3.1', 'tcp', 'h2x', 'tlsish'])('is read as it names it: %s', (protocol) => {
    expect(opaqueProtocolOf(asking({}, protocol))).toBe(protocol);
  });
});

describe('an upgrade', () => {
  const allowed = (asked: string | undefined, unsafeOpaqueUpgrade: boolean) => {
    let ends = false;
    const answer = { closeAfter: () => (ends = true) } as unknown as CallerAnswer;
    return [allowUpgrade(asked, { unsafeOpaqueUpgrade }, answer), ends];
  };

  it('to another protocol needs the policy to say so; what goes out ends the connection for requests', () => {
    expect(allowed('tcp', false)).toEqual([undefined, false]);
    expect(allowed('tcp', true)).toEqual(['tcp', true]);
    expect(allowed('websocket', false)).toEqual(['websocket', true]);
    expect(allowed(undefined, true)).toEqual([undefined, false]);
  });
});

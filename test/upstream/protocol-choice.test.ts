import { Socket } from 'node:net';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Refusal } from '../../src/core/refusal.js';
import { ProtocolChoice, speaksHttp2 } from '../../src/upstream/protocol-choice.js';

const unknownProtocols = new Refusal('destination_protocol', {
  cause: Object.assign(new Error('alert'), { code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL' }),
});

/** A destination that speaks these, and what was offered to it. */
function destination(...speaks: string[]) {
  const offered: string[][] = [];
  const choice = new ProtocolChoice((alpn) => {
    offered.push([...alpn]);
    const alpnProtocol = speaks.find((one) => (alpn as readonly string[]).includes(one));
    if (alpnProtocol === undefined) return Promise.reject(unknownProtocols);
    return Promise.resolve(Object.assign(new Socket(), { alpnProtocol }));
  });
  return { choice, offered, speaks };
}

afterEach(() => void jest.restoreAllMocks());

describe('a protocol is not tried', () => {
  it('where HTTP/1.1 alone will do', async () => {
    const { choice, offered } = destination('h2');
    await expect(choice.dial('http/1.1 only')).rejects.toBe(unknownProtocols);
    choice.learn('h2');
    await expect(choice.dial('http/1.1 only')).rejects.toBe(unknownProtocols);
    expect(offered).toEqual([['http/1.1'], ['http/1.1']]);
  });

  it('where both were refused', async () => {
    const { choice, offered } = destination();
    await expect(choice.dial('h2')).rejects.toBe(unknownProtocols);
    expect(offered).toEqual([['h2', 'http/1.1']]);
  });

  it('after any other failure', async () => {
    for (const failure of [new Refusal('destination_certificate'), new Refusal('destination_unreachable')]) {
      const dial = jest.fn<() => Promise<Socket>>().mockRejectedValue(failure);
      await expect(new ProtocolChoice(dial).dial('http/1.1')).rejects.toBe(failure);
      expect(dial).toHaveBeenCalledTimes(1);
    }
  });
});

describe('what a destination speaks', () => {
  it('is offered as the caller speaks, and taken', async () => {
    const { choice, offered } = destination('h2', 'http/1.1');
    expect(speaksHttp2(await choice.dial('h2'))).toBe(true);
    expect(speaksHttp2(await choice.dial('http/1.1'))).toBe(false);
    expect(offered).toEqual([['h2', 'http/1.1'], ['http/1.1']]);
    expect([choice.known('h2'), choice.known('http/1.1')]).toEqual([undefined, 'http/1.1']);
  });

  it('is remembered where it is one alone, and forgotten again', async () => {
    for (const only of ['h2', 'http/1.1'] as const) {
      const { choice, offered } = destination(only);
      const wanted = only === 'h2' ? 'http/1.1' : 'h2';
      const now = performance.now();
      await choice.dial(wanted);
      await choice.dial(wanted);
      expect(offered.at(-1)).toEqual([only]);
      expect(choice.known(wanted)).toBe(only);
      jest.spyOn(performance, 'now').mockReturnValue(now + 10 * 60 * 1000 + 1000);
      expect(choice.known(wanted)).not.toBe(only);
      jest.restoreAllMocks();
    }
  });

  it('is found out anew where it has changed', async () => {
    const { choice, offered, speaks } = destination('h2');
    await choice.dial('http/1.1');
    speaks.splice(0, 1, 'http/1.1');
    expect(speaksHttp2(await choice.dial('http/1.1'))).toBe(false);
    expect(offered.slice(-2)).toEqual([['h2'], ['http/1.1']]);
    expect(choice.known('h2')).toBe('http/1.1');
  });

  it('is HTTP/1.1 on a connection in the clear', () => {
    expect(speaksHttp2(new Socket())).toBe(false);
  });
});

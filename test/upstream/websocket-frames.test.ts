import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { closeCodeOf, openDeflate, ws } from '../../src/upstream/websocket-frames.js';

describe('what is wrong with a frame', () => {
  it.each([
    ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 1009],
    ['WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', 1009],
    ['WS_ERR_TOO_MANY_BUFFERED_PARTS', 1008],
    ['WS_ERR_INVALID_UTF8', 1007],
    ['Z_DATA_ERROR', 1007],
    ['WS_ERR_EXPECTED_MASK', 1002],
    [undefined, 1002],
  ])('%s closes with %d', (code, closes) => {
    expect(closeCodeOf(Object.assign(new Error(), { code }))).toBe(closes);
  });
});

describe('the package that reads frames', () => {
  it('has what is used of it', () => {
    const { Receiver, Sender, PerMessageDeflate } = ws();
    for (const part of [Receiver, Sender, PerMessageDeflate]) expect(typeof part).toBe('function');
    const deflate = openDeflate({ client_max_window_bits: 10 }, true, 1024) as unknown as { params: unknown };
    expect(deflate.params).toEqual({ client_max_window_bits: 10 });
  });

  it('is named by this file alone', () => {
    const { stdout } = spawnSync('grep', ['-rlE', "(require|from) ?\\(?'ws'", 'src'], { encoding: 'utf8' });
    expect(stdout.trim()).toBe('src/upstream/websocket-frames.ts');
  });
});

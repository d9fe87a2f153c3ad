import { describe, expect, it } from '@jest/globals';
import { coreLength, idLength, marker } from '../../src/inject/marker.js';

describe('the core of a placeholder', () => {
  it('begins with a fixed marker and has 96 bits after it: placeholders that were handed out depend on both', () => {
    expect(marker).toBe('0dec0de5');
    expect(idLength * 4).toBe(96);
    expect(coreLength).toBe(32);
  });
});

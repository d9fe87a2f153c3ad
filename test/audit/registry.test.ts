import { describe, expect, it } from '@jest/globals';
import { laterSinks, sinkKinds } from '../../src/audit/registry.js';

describe('the registry of sinks', () => {
  it('has each kind once, made or to come', () => {
    const names = [...sinkKinds.map(({ kind }) => kind), ...laterSinks];
    expect(new Set(names).size).toBe(names.length);
    expect(sinkKinds.map(({ kind }) => kind)).toEqual(['file', 'stdout']);
  });
});

import { describe, expect, it } from '@jest/globals';
import { limitsSection } from '../../src/config/schema-limits.js';
import { defaultLimits, type Limits } from '../../src/core/limits.js';

describe('the limits', () => {
  it('are the defaults where nothing is said', () => {
    expect(limitsSection().parse(undefined)).toEqual(defaultLimits);
    expect(limitsSection().parse({})).toEqual(defaultLimits);
  });

  it.each(Object.keys(defaultLimits) as (keyof Limits)[])('have a key for %s', (member) => {
    const key = member.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
    const others = { ...defaultLimits, [member]: undefined };
    const accepted = [7, '7B', '7ms'].filter((value) => limitsSection().safeParse({ [key]: value }).success);
    expect(accepted).toHaveLength(1);
    const limits = limitsSection().parse({ [key]: accepted[0] });
    expect(limits[member]).toBe(7);
    expect({ ...limits, [member]: undefined }).toEqual(others);
  });
});

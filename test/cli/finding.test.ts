import { describe, expect, it } from '@jest/globals';
import { findingJson, findingLine, type Finding } from '../../src/cli/finding.js';

const missing: Finding = { what: 'secret a', state: 'missing', why: 'the variable A is not set' };

describe('a finding', () => {
  it.each<[Finding, string]>([
    [missing, '  MISSING secret a: the variable A is not set'],
    [{ what: 'secret a', state: 'there', client: 'desk' }, '  there   secret a (as client desk)'],
    [{ what: 'CA', state: 'there' }, '  there   CA'],
    [{ what: 'secret a', state: 'untried', why: 'depends on the caller' }, '  untried secret a: depends on the caller'],
  ])('is one line', (finding, line) => {
    expect(findingLine(finding)).toBe(line);
  });

  it('is neither fine nor wrong in JSON where it was not tried', () => {
    expect(findingJson(missing)).toEqual({ ...missing, ok: false });
    expect(findingJson({ what: 'CA', state: 'there' })).toEqual({ what: 'CA', state: 'there', ok: true });
    const untried: Finding = { what: 'secret a', state: 'untried', why: 'depends on the caller' };
    expect(findingJson(untried)).toEqual(untried);
  });
});

import { describe, expect, it } from '@jest/globals';
import { UseLedger } from '../../../src/audit/read/use-ledger.js';

const at = (id: string) => ({ id, file: 'f', line: 1, time: 't' });

describe('the ledger of uses', () => {
  it('knows a second end from one without a use, for as long as it remembers', () => {
    const ledger = new UseLedger();
    for (let i = 0; i < 120_000; i += 1) {
      ledger.push('use', at(String(i)));
      ledger.push('end', at(String(i)));
    }
    expect(ledger.push('end', at('119999'))?.kind).toBe('repeated');
    expect(ledger.push('end', at('60000'))?.kind).toBe('repeated');
    expect(ledger.push('end', at('0'))?.kind).toBe('unmatched');
  });

  it('hands out what is under way once', () => {
    const ledger = new UseLedger();
    ledger.push('use', at('a'));
    ledger.push('use', at('b'));
    ledger.push('refused', at('a'));
    ledger.push('start', at('c'));
    expect(ledger.drain().map(({ id }) => id)).toEqual(['b']);
    expect(ledger.drain()).toEqual([]);
  });
});

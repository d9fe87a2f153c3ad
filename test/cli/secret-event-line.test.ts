import { describe, expect, it } from '@jest/globals';
import { secretEventTeller, secretEventText } from '../../src/cli/secret-event-line.js';
import { Reason } from '../../src/core/reason.js';

describe('what becomes of secrets', () => {
  it.each(['fetched', 'renewed', 'rotated', 'revoked', 'login'] as const)('is no news where it is %s', (event) => {
    expect(secretEventText({ event, backend: 'vault' })).toBeUndefined();
  });

  it('is told once for each thing and secret, in one line that moves no cursor', () => {
    const lines: string[] = [];
    const tell = secretEventTeller((text) => lines.push(text));
    const reason = new Reason('vault.example:8200 is sealed\x1b[2J\n');
    tell({ event: 'stale', secret: 'db', backend: 'vault', reason });
    tell({ event: 'stale', secret: 'db', backend: 'vault', reason });
    tell({ event: 'unrevoked', secret: 'db', backend: 'vault' });
    tell({ event: 'login_failed', backend: 'vault-eu', reason: new Reason('it said no') });
    tell({ event: 'fetched', secret: 'db', backend: 'vault' });
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^keywright: secret db: a secret could not be asked for again[^\x1b\n]*\n$/);
    expect(lines[1]).toBe(
      'keywright: secret db: a lease could not be given back: its credential is good until it expires\n',
    );
    expect(lines[2]).toBe('keywright: backend vault-eu: a backend did not let Keywright in (it said no)\n');
  });

  it('is told with its name once', () => {
    const lines: string[] = [];
    const tell = secretEventTeller((text) => lines.push(text));
    const reason = new Reason('the secret db is not available: the variable DB is not set');
    tell({ event: 'failed', secret: 'db', backend: 'env', reason });
    expect(lines).toEqual(['keywright: secret db: a secret could not be had (the variable DB is not set)\n']);
  });

  it('is told at most twenty times', () => {
    const lines: string[] = [];
    const tell = secretEventTeller((text) => lines.push(text));
    for (let count = 0; count < 50; count += 1) tell({ event: 'failed', secret: `s${count}`, backend: 'env' });
    expect(lines).toHaveLength(20);
  });
});

import { describe, expect, it } from '@jest/globals';
import { BackOff } from '../../src/identity/back-off.js';

const limits = { wrongCredentials: 3, wrongCredentialsPause: 1000 };
const backedOff = expect.objectContaining({ code: 'caller_backed_off', status: 429 });

function start() {
  const clock = { at: 5, now: () => 0, elapsed: () => clock.at };
  const backOff = new BackOff(limits, clock);
  const mistakes = (count: number, address = '192.0.2.1', name = 'desk'): void => {
    for (let i = 0; i < count; i += 1) backOff.mistake(address, name);
  };
  const check =
    (address = '192.0.2.1', name = 'desk') =>
    (): void =>
      backOff.check(address, name);
  return { clock, backOff, mistakes, check };
}

describe('guessing', () => {
  it('has to wait after as many mistakes as the limit says, not one earlier', () => {
    const { mistakes, check } = start();
    mistakes(2);
    expect(check()).not.toThrow();
    mistakes(1);
    expect(check()).toThrow(backedOff);
  });

  it('waits as long as the limit says, not a millisecond longer', () => {
    const { clock, mistakes, check } = start();
    mistakes(3);
    clock.at += 999;
    expect(check()).toThrow(backedOff);
    clock.at += 1;
    expect(check()).not.toThrow();
  });

  it('has to wait again after as many mistakes again', () => {
    const { clock, mistakes, check } = start();
    mistakes(3);
    clock.at += 1000;
    mistakes(2);
    expect(check()).not.toThrow();
    mistakes(1);
    expect(check()).toThrow(backedOff);
  });

  it('locks out neither another address nor another name', () => {
    const { mistakes, check } = start();
    mistakes(3);
    expect(check('192.0.2.2', 'desk')).not.toThrow();
    expect(check('192.0.2.1', 'agents')).not.toThrow();
  });

  it('is forgotten once the credentials were right', () => {
    const { backOff, mistakes, check } = start();
    mistakes(2);
    backOff.success('192.0.2.1', 'desk');
    mistakes(2);
    expect(check()).not.toThrow();
  });

  it('counts names of any length by their first 128 characters', () => {
    const { mistakes, check } = start();
    mistakes(3, '192.0.2.1', `${'x'.repeat(128)}a`);
    expect(check('192.0.2.1', `${'x'.repeat(128)}b`)).toThrow(backedOff);
    expect(check('192.0.2.1', `${'x'.repeat(127)}b`)).not.toThrow();
  });

  it('takes no more memory than 10,000 pairs do: the one longest without a mistake goes', () => {
    const { mistakes, check } = start();
    mistakes(3, '192.0.2.1', 'first');
    mistakes(3, '192.0.2.1', 'second');
    for (let i = 0; i < 9_999; i += 1) mistakes(1, '192.0.2.1', `name${i}`);
    expect(check('192.0.2.1', 'first')).not.toThrow();
    expect(check('192.0.2.1', 'second')).toThrow(backedOff);
  });
});

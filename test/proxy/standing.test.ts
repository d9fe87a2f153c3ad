import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { Caller } from '../../src/core/message.js';
import { Refusal } from '../../src/core/refusal.js';
import { Decider } from '../../src/policy/decide.js';
import { parseAuthority } from '../../src/policy/authority.js';
import { StandingConnections, type Standing } from '../../src/proxy/standing.js';

const authority = parseAuthority('blind.example.com:443');
const decider = new Decider<unknown>({ policies: [], deny: [] });

function rules(known = true) {
  const confirm = (caller: Caller): Caller => {
    if (!known) throw new Refusal('caller_revoked');
    return caller;
  };
  return { decider, callers: { confirm, identify: () => ({ client: 'desk' }) } };
}

function standing(decide: Standing['decide'] = () => undefined): Standing & { cut: number } {
  const connection = Object.assign(new EventEmitter(), { destroy: () => (made.cut += 1) });
  const made = { connection, caller: { client: 'desk' }, authority, decide, cut: 0 };
  return made;
}

const refuses = (): never => {
  throw new Refusal('no_policy');
};

describe('a standing connection', () => {
  it.each([
    ['its caller is not known any more', standing(), rules(false), new Set<string>()],
    ['it is not allowed any more', standing(refuses), rules(), new Set<string>()],
    ['its destination has moved', standing(), rules(), new Set(['blind.example.com:443', 'blind.example.com'])],
  ])('is cut where %s', (_, one, changed, moved) => {
    const all = new StandingConnections();
    const first = rules();
    all.review(first);
    all.add(one, first);
    expect(one.cut).toBe(0);
    all.review(changed, moved);
    expect(one.cut).toBe(1);
  });

  it('that was decided before a change and comes after it is asked for again at once', () => {
    const all = new StandingConnections();
    const [before, after] = [rules(), rules()];
    all.review(before);
    all.review(after);
    const [late, allowed] = [standing(refuses), standing()];
    all.add(late, before);
    all.add(allowed, before);
    expect([late.cut, allowed.cut]).toEqual([1, 0]);
  });

  it('that has closed is forgotten', () => {
    const all = new StandingConnections();
    const one = standing();
    all.add(one, rules());
    expect(all.size).toBe(1);
    (one.connection as unknown as EventEmitter).emit('close');
    expect(all.size).toBe(0);
  });
});

import { join } from 'node:path';
import { MissingError } from '../core/usage-error.js';
import { endOf } from './chain.js';
import type { GeneratedOptions } from './generated.js';
import { publish, readRing, replaceRing, ringPaths } from './directory.js';
import { removeDrafts } from '../core/durable.js';
import { makeGeneration } from './generation.js';
import { withLock } from './lock.js';
import { type Ring, ringAt, turned, turnedBack, withNext } from './ring.js';

/**
 * - `begin`: the next CA is made and trusted, the present one signs.
 * - `finish`: the next CA signs, the one before is trusted still.
 * - `retire`: the one before is trusted no longer; its key is deleted.
 * - `cancel`: one step back: the newer CA signs no longer or, where it does not yet, is dropped with its key.
 */
export type RotationStep = 'begin' | 'finish' | 'retire' | 'cancel';

export interface RotateOptions extends GeneratedOptions {
  readonly step: RotationStep;
  /** With `begin`: when `finish` comes by itself, in milliseconds from now. */
  readonly finishAfter?: number | undefined;
}

/**
 * Takes one step of a rotation of the CA in `dir` and returns what it is then. All of a step is one rename of the key file; `ca.pem`
 * is brought up to it before, where something leaves it, or after, where something comes. A process that is stopped in between leaves a
 * CA that works, and whose `ca.pem` is made right when it is next opened. Throws a `MissingError` where the step is not the next one.
 */
export function rotate(options: RotateOptions): Ring {
  const { dir, step, clock } = options;
  // Nothing is made and nobody is locked out where there is no CA.
  readRing(dir);
  return withLock(join(dir, 'ca.lock'), () => {
    const { certificate, key } = ringPaths(dir);
    for (const path of [certificate, key]) removeDrafts(path);
    const { ring: found, text } = readRing(dir);
    // What time has done by itself is written down with the step that follows.
    const ring = ringAt(found, clock.now());
    const after = steps[step](ring, options);
    const known = [found, after];
    if (step === 'retire' || step === 'cancel') publish(dir, after, known);
    replaceRing(dir, text, after);
    publish(dir, after, known);
    return after;
  });
}

const steps: Readonly<Record<RotationStep, (ring: Ring, options: RotateOptions) => Ring>> = {
  begin: (ring, { permit, clock, finishAfter }) => {
    if (ring.next !== undefined) refuse('The next CA is there already', '--finish', '--cancel');
    if (ring.old !== undefined) refuse('The rotation before is not over', '--retire', '--cancel');
    const generation = makeGeneration({ permit, clock });
    return withNext(ring.active, generation, finishAfter === undefined ? undefined : clock.now() + finishAfter);
  },
  finish: (ring) => {
    if (ring.old !== undefined) refuse('The next CA signs already', '--retire', '--cancel');
    if (ring.next === undefined) refuse('There is no next CA', '');
    return turned(ring);
  },
  retire: (ring) => {
    if (ring.next !== undefined) refuse('The next CA does not sign yet', '--finish', '--cancel');
    if (ring.old === undefined) refuse('There is no CA to retire', '');
    return { active: ring.active };
  },
  cancel: (ring, { clock }) => {
    if (ring.next !== undefined) return { active: ring.active };
    if (ring.old === undefined) return refuse('There is no rotation to cancel', '');
    if (endOf(ring.old.chain) <= clock.now()) refuse('The CA before has expired', '--retire');
    return turnedBack(ring);
  },
};

function refuse(what: string, ...next: readonly string[]): never {
  const commands = next.map((option) => `\`keywright ca rotate${option === '' ? '' : ` ${option}`}\``).join(' or ');
  throw new MissingError(`${what}: ${commands} comes next.`);
}

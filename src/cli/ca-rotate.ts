import { describeRing } from '../ca/describe.js';
import { rotate, type RotationStep } from '../ca/rotate.js';
import type { Config } from '../config/load.js';
import { systemClock } from '../core/clock.js';
import { MissingError, UsageError } from '../core/usage-error.js';
import { inWords } from './ca-show.js';
import { textOption, type Invocation } from './command.js';
import type { Terminal } from './terminal.js';

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `keywright ca rotate`: one step. */
export function rotateAuthority({ ca }: Config, invocation: Invocation, terminal: Terminal): number {
  const step = stepOf(invocation);
  const finishAfter = durationOf(textOption(invocation, 'finish-after'));
  if (finishAfter !== undefined && step !== 'begin') {
    throw new UsageError('--finish-after goes with the first step, `keywright ca rotate`.');
  }
  if (ca.mode === 'memory') {
    throw new MissingError('with `ca: { mode: memory }` there is nothing to rotate: each start makes a new CA.');
  }
  if (ca.mode === 'files') {
    throw new MissingError(
      'with `ca: { mode: files }` the CA is yours: have whoever issued it issue the next one, let clients trust both, then put it in the place of `ca.cert_file` and `ca.key_file` and reload.',
    );
  }
  const ring = rotate({ dir: ca.dir, permit: ca.permit, step, finishAfter, clock: systemClock });
  const described = describeRing(ring, systemClock.now());
  if (invocation.values['json'] === true) terminal.out(`${JSON.stringify(described)}\n`);
  else terminal.out(`${inWords(described)}Have running proxies reload, so that they see it.\n`);
  return 0;
}

function stepOf({ values }: Invocation): RotationStep {
  const steps = (['finish', 'retire', 'cancel'] as const).filter((step) => values[step] === true);
  if (steps.length > 1) throw new UsageError('--finish, --retire and --cancel are one step each: choose one.');
  return steps[0] ?? 'begin';
}

function durationOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, count = '', unit = ''] = /^([1-9]\d{0,3})([mhd])$/.exec(text) ?? [];
  const factor = units[unit];
  if (factor === undefined) throw new UsageError('--finish-after is a time such as 90m, 36h or 14d.');
  return Number(count) * factor;
}

import { whyUnavailable, type SecretEvent } from '../secrets/index.js';
import { printable } from './printable.js';

/** What the operator has to hear of; the audit log has all of it. */
const texts: Partial<Readonly<Record<SecretEvent['event'], string>>> = {
  unrevoked: 'a lease could not be given back: its credential is good until it expires',
  failed: 'a secret could not be had',
  stale: 'a secret could not be asked for again: the one before is used until it expires',
  login_failed: 'a backend did not let Keywright in',
};

/** The sentence for an event, or undefined for what goes as it should. */
export function secretEventText({ event }: SecretEvent): string | undefined {
  return texts[event];
}

/** Different events told on a terminal in one run. */
const mostLines = 20;

/** Tells the operator of what went wrong with secrets on stderr, each thing once. */
export function secretEventTeller(write: (text: string) => void): (event: SecretEvent) => void {
  const told = new Set<string>();
  return (event) => {
    const text = secretEventText(event);
    const which = event.secret === undefined ? `backend ${event.backend}` : `secret ${event.secret}`;
    if (text === undefined || told.size >= mostLines || told.has(`${event.event} ${which}`)) return;
    told.add(`${event.event} ${which}`);
    const why = event.reason === undefined ? '' : ` (${whyUnavailable(event.secret ?? '', event.reason)})`;
    write(`keywright: ${printable(`${which}: ${text}${why}`)}\n`);
  };
}

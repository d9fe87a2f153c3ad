import type { HttpAnswer, HttpClient } from '../../net/client.js';
import type { Backend } from '../backend.js';
import { membersOf, objectIn } from '../answer.js';
import type { Clock } from '../../core/clock.js';
import { failureOf } from './failure.js';
import type { Asking } from './login.js';
import { Session, type Question, type SessionTerms } from './session.js';

/** One Infisical that secrets are read from, with the login that they share. */
export interface Infisical extends Backend {
  /** `host:port`, for messages. */
  readonly origin: string;
  /** The answer, whatever its status. Rejects as `Session.ask` does. */
  ask(question: Question, asking: Asking): Promise<HttpAnswer>;
  /** The member of this name of an answer that is a success, an object. Throws `Unavailability` and refusals. */
  objectOf(name: string, answer: HttpAnswer, member: string): Readonly<Record<string, unknown>> | undefined;
}

export function openInfisical(terms: SessionTerms): Infisical {
  const { http, clock }: { http: HttpClient; clock: Clock } = terms;
  const session = new Session(terms);
  const { origin } = http;
  return {
    origins: [origin],
    origin,
    ask: (question, asking) => session.ask(question, asking),
    objectOf(name, answer, member) {
      if (answer.status !== 200) throw failureOf(answer, origin, clock.now());
      return membersOf(objectIn(name, answer, origin)[member]);
    },
    retryLogin: () => session.retryLogin(),
    close: (until) => session.close(until),
  };
}

/** A query string: what stands in a value cannot add to it. */
export function queryOf(values: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(values)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${encodeURIComponent(value)}`]))
    .join('&');
}

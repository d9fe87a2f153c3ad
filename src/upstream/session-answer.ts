import type { HeaderList } from '../core/header-list.js';
import { token, unfit } from '../http1/fields.js';
import { answerFraming } from '../http1/framing.js';
import { Malformed } from '../http1/malformed.js';
import { fieldsFrom, pseudoField } from '../http2/fields.js';

export interface SessionHead {
  readonly status: number;
  readonly headers: HeaderList;
}

/**
 * The head of an answer as Node's HTTP/2 hands it over. Throws `Malformed` for what an HTTP/1.1 connection would not be read on after,
 * so that a caller of either version gets answers of one kind.
 */
export function sessionHead(raw: readonly string[], method: string, mostBytes: number): SessionHead {
  const code = pseudoField(raw, ':status') ?? '';
  // RFC 9113 section 8.6: there is no 101.
  if (!/^[1-5]\d\d$/.test(code) || code === '101') throw new Malformed('syntax', 'an answer has no status');
  const head = { status: Number(code), headers: sessionFields(raw, mostBytes) };
  answerFraming({ ...head, statusText: '', version: '1.1' }, method);
  return head;
}

/** The fields of a header or trailer section. */
export function sessionFields(raw: readonly string[], mostBytes: number): HeaderList {
  const headers = fieldsFrom(raw);
  let bytes = 0;
  for (let i = 0; i < headers.raw.length; i += 2) {
    const name = headers.raw[i] as string;
    const value = headers.raw[i + 1] as string;
    if (!token.test(name) || unfit.test(value)) throw new Malformed('syntax', 'a field would break a header section');
    bytes += name.length + value.length;
  }
  if (bytes > mostBytes) throw new Malformed('too-large', 'a header section is too large');
  return headers;
}

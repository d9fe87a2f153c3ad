import { parseLink } from '../chain.js';
import { printableJson } from '../record.js';

/** A record as it was read: what stands in it is to be trusted no more than whoever could write to the file. */
export interface LoggedRecord {
  /** One line of JSON in printable ASCII. */
  readonly json: string;
  readonly record: Readonly<Record<string, unknown>>;
  /** RFC 3339 as it stands there; of a header the beginning of its day. Empty where there is none. */
  readonly time: string;
}

/** Undefined for a line that is no record: torn, or of another program. */
export function parseRecord(line: string): LoggedRecord | undefined {
  const record = parseLink(line)?.record;
  if (record === undefined) return undefined;
  const { time, day } = record;
  return {
    // Ours are printable as they are. In the line of somebody else control characters may stand between members.
    json: /^[\x20-\x7e]*$/.test(line) ? line : printableJson(JSON.stringify(record)),
    record,
    time: typeof time === 'string' ? time : typeof day === 'string' ? `${day}T00:00:00.000Z` : '',
  };
}

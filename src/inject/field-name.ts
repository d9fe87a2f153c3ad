import { UsageError } from '../core/usage-error.js';
import { slot } from '../core/slot.js';

/** The name of a header field (RFC 9110 section 5.1). */
export const fieldName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Fields that frame, route or end at the proxy: a credential in one of them would change how the message is read. */
const reserved =
  /^(?:accept-encoding|connection|content-length|expect|host|http2-settings|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|x-keywright-.*)$/;

/** Whether a credential can never stand in the field of this name, given in lower case. */
export function isReserved(name: string): boolean {
  return reserved.test(name);
}

/** Throws `UsageError` for the name, in lower case, of a field in which a credential cannot stand. */
export function refuseReserved(name: string): void {
  if (isReserved(name)) throw new UsageError(`a credential cannot stand in the header ${name}.`);
}

/** Whether a server may take one for the other: CGI and WSGI make the same variable of `-` and `_`. */
export function sameField(one: string, other: string): boolean {
  return one.length === other.length && asRead(one) === asRead(other);
}

/** What a credential in this field takes up of a request. */
export function fieldSlot(name: string): string {
  return slot('header', asRead(name));
}

function asRead(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

import type { HeaderList } from '../core/header-list.js';
import { mediaTypeOf } from './media-type.js';

/**
 * The boundary of a form of parts (RFC 2046 section 5.1.1). Undefined where there is none, and where a server could read another one: from a
 * second parameter, from one in RFC 2231, or, as PHP looks for the word, from within another.
 */
export function boundaryOf(headers: HeaderList): string | undefined {
  const parameters = [...(mediaTypeOf(headers)?.parameters ?? [])];
  const others = parameters.filter(([name]) => name !== 'boundary').flat();
  const named = headers.first('content-type')?.match(/boundary["\t ]*[*=]/gi) ?? [];
  if (named.length !== 1 || /boundary/i.test(others.join())) return undefined;
  return parameters.find(([name]) => name === 'boundary')?.[1];
}

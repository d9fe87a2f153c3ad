import type * as Http2 from 'node:http2';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Node's HTTP/2, loaded when somebody speaks it first: most who start `keywright run` never do, and it costs their start 5 ms. */
export function http2(): typeof Http2 {
  return require('node:http2') as typeof Http2;
}

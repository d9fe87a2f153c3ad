import type * as Http from 'node:http';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Node's HTTP by `require`. An import reads every name that the module has, and for one of them (`WebSocket`) Node loads the whole
 * undici that it brings along: 10 ms of each start by Node 20, 15 to 30 by Node 24 and 26, and some MiB for good.
 */
export const { createServer, request, ServerResponse, STATUS_CODES } = require('node:http') as typeof Http;

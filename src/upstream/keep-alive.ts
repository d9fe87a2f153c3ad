import type { ParsedStatusHead } from '../http1/head.js';

/** Whether a destination keeps its connection after this answer (RFC 9112 section 9.3). */
export function lastsOn({ version, headers }: ParsedStatusHead): boolean {
  if (version === '1.0') return false;
  const options = headers.first('connection');
  return options === undefined || !/(?:^|,)[\t ]*close[\t ]*(?:,|$)/i.test(headers.all('connection').join());
}

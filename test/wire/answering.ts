import { get, type Row } from './playing.js';

/** How a request is asked whose answer is the matter. */
export type Asked = 'GET' | 'HEAD' | 'POST';

/** A destination that answers with these bytes: the caller gets `comes`, and the next request of anybody its own answer. */
export function passes(name: string, bytes: string, comes: string | readonly string[], asked: Asked = 'GET'): Row {
  return {
    name,
    script: (way) => [
      `client > ${get(way).replace('GET', asked)}`,
      `origin < ${asked} /`,
      `origin > ${bytes}`,
      ...[comes].flat().map((answer) => `client < ${answer}`),
      'client open',
    ],
  };
}

/** The same, where the destination ends the connection to end its answer. */
export function passesClosed(name: string, bytes: string, comes: string): Row {
  return {
    name,
    script: (way) => [
      `client > ${get(way)}`,
      'origin < GET /',
      `origin > ${bytes}`,
      'origin closes',
      `client < ${comes}`,
      'client open',
    ],
  };
}

/** An answer that has no one reading, or is not whole: 502, or the end of the connection in its midst; never a clean end. */
export function breaks(name: string, bytes: string, { closes = false, asked = 'GET' } = {}): Row {
  return {
    name,
    script: (way) => [
      `client > ${get(way).replace('GET', asked)}`,
      `origin < ${asked} /`,
      `origin > ${bytes}`,
      ...(closes ? ['origin closes'] : []),
      'client cut',
    ],
  };
}

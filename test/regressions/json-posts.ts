/** Where they go. */
export const host = 'api.example.com';

/** A JSON body of so many bytes. */
export const whole = (bytes: number): string => `{"x":"${'x'.repeat(bytes - 8)}"}`;
/** The head of a request with a JSON body. */
export const head = (path: string, ...fields: string[]): string =>
  [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Content-Type: application/json',
    'Connection: close',
    ...fields,
    '',
    '',
  ].join('\r\n');
/** A request with the length of its body. */
export const sized = (path: string, body: string | Buffer, ...fields: string[]): Buffer =>
  Buffer.concat([Buffer.from(head(path, `Content-Length: ${body.length}`, ...fields)), Buffer.from(body)]);
/** A body in chunks of a size, up to its trailers. */
export const chunked = (text: string, size: number): string =>
  `${(text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? []).map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('')}0\r\n`;

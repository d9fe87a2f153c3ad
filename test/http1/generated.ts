import fc from 'fast-check';

const characters = (text: string): string[] => Array.from(text);

/** Messages as they may stand on the wire: what is valid, and what lies next to it. */
const tokenCharacter = fc.constantFrom(...characters("!#$%&'*+-.^_`|~09azAZ"));
const valueCharacter = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...characters('abcXYZ019 ,;:="/\t')) },
  fc.integer({ min: 0x80, max: 0xff }).map((code) => String.fromCharCode(code)),
);
const text = (character: fc.Arbitrary<string>, minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.array(character, { minLength, maxLength }).map((characters) => characters.join(''));

const trimmed = (value: string): string => value.replace(/^[ \t]+|[ \t]+$/g, '');
const framingName = /^(content-length|transfer-encoding|connection|upgrade|host|expect)$/i;
export const field: fc.Arbitrary<[name: string, value: string]> = fc.tuple(
  text(tokenCharacter, 1, 12).filter((name) => !framingName.test(name)),
  text(valueCharacter, 0, 20).map(trimmed),
);
export const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'HEAD', 'PROPFIND');
export const target = text(fc.constantFrom(...characters('/abc?=&%20._-~*:@!')), 0, 20).map((path) => `/${path}`);
const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array).toString('latin1'));

export interface Wire {
  readonly text: string;
  readonly body: string;
  readonly trailers: string[];
}

const lengthBody: fc.Arbitrary<Wire> = bytes.map((body) => ({
  text: `Content-Length: ${body.length}\r\n\r\n${body}`,
  body,
  trailers: [],
}));
const extension = fc.oneof({ weight: 4, arbitrary: fc.constant('') }, fc.constantFrom(';a', ';a=b', ';a="b c"'));
const chunk = fc.tuple(
  bytes.filter(({ length }) => length > 0),
  extension,
  fc.boolean(),
);
const chunkedBody: fc.Arbitrary<Wire> = fc
  .tuple(fc.array(chunk, { maxLength: 4 }), fc.array(field, { maxLength: 2 }), extension)
  .map(([chunks, trailers, last]) => ({
    text: [
      'Transfer-Encoding: chunked\r\n\r\n',
      ...chunks.map(([data, more, upper]) => {
        const size = data.length.toString(16);
        return `${upper ? `0${size.toUpperCase()}` : size}${more}\r\n${data}\r\n`;
      }),
      `0${last}\r\n`,
      ...trailers.map(([name, value]) => `${name}: ${value}\r\n`),
      '\r\n',
    ].join(''),
    body: chunks.map(([data]) => data).join(''),
    trailers: trailers.flat(),
  }));
const noBody: fc.Arbitrary<Wire> = fc.constant({ text: '\r\n', body: '', trailers: [] });
export const framedBody = fc.oneof(noBody, lengthBody, chunkedBody);

export interface WireRequest extends Wire {
  readonly method: string;
  readonly target: string;
  readonly fields: [string, string][];
}

export const request: fc.Arbitrary<WireRequest> = fc
  .record({ method, target, fields: fc.array(field, { maxLength: 4 }), framed: framedBody, empty: fc.boolean() })
  .map(({ method: name, target: path, fields, framed, empty }) => ({
    text: `${empty ? '\r\n' : ''}${name} ${path} HTTP/1.1\r\nHost: a.test\r\n${lines(fields)}${framed.text}`,
    body: framed.body,
    trailers: framed.trailers,
    method: name,
    target: path,
    fields: [['Host', 'a.test'], ...fields],
  }));

export const answer: fc.Arbitrary<Wire & { readonly status: number }> = fc
  .record({
    status: fc.constantFrom(200, 201, 404, 500, 299),
    hints: fc.array(field, { maxLength: 1 }),
    fields: fc.array(field, { maxLength: 4 }),
    framed: fc.oneof(lengthBody, chunkedBody),
  })
  .map(({ status, hints, fields, framed }) => ({
    text: `${hints.length > 0 ? `HTTP/1.1 103 Hints\r\n${lines(hints)}\r\n` : ''}HTTP/1.1 ${status} Some reason\r\n${lines(fields)}${framed.text}`,
    body: framed.body,
    trailers: framed.trailers,
    status,
  }));

function lines(fields: readonly [string, string][]): string {
  return fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
}

const nasty = [
  '\r',
  '\n',
  '\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  ';',
  '0',
  'f',
  ',',
  '\x0b',
  '\x7f',
  '\x80',
  'chunked',
  '\r\n ',
  '-',
  '+',
];

/** A valid message with some changes: most are no messages any more. */
export function damaged(messages: fc.Arbitrary<{ readonly text: string }>): fc.Arbitrary<string> {
  const change = fc.record({ at: fc.nat(), drop: fc.nat({ max: 3 }), put: fc.constantFrom('', ...nasty) });
  return fc.tuple(messages, fc.array(change, { minLength: 1, maxLength: 2 })).map(([message, changes]) =>
    changes.reduce((before, { at, drop, put }) => {
      const place = at % (before.length + 1);
      return before.slice(0, place) + put + before.slice(place + drop);
    }, message.text),
  );
}

/** Heads in which the length of the body is stated in all ways that were ever abused. */
export const oddFraming: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        'Content-Length',
        'content-length',
        'Transfer-Encoding',
        'TRANSFER-ENCODING',
        'Transfer_Encoding',
      ),
      fc.constantFrom(': ', ':', ' : ', ':\t', ': \x0b'),
      fc.constantFrom(
        '3',
        '03',
        '+3',
        '3, 3',
        '0',
        '',
        '3 ',
        '0x3',
        'chunked',
        'Chunked',
        'chunked, chunked',
        'gzip, chunked',
        'identity',
        '"chunked"',
        'xchunked',
        'chunked;a',
      ),
    ),
    { minLength: 1, maxLength: 2 },
  )
  .chain((fields) =>
    fc
      .constantFrom('abc', '3\r\nabc\r\n0\r\n\r\n', '', '0\r\n\r\n')
      .map(
        (body) =>
          `POST / HTTP/1.1\r\nHost: a.test\r\n${fields.map((parts) => parts.join('')).join('\r\n')}\r\n\r\n${body}`,
      ),
  );

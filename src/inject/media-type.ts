import type { HeaderList } from '../core/header-list.js';

/** A `Content-Type` (RFC 9110 section 8.3.1), in lower case but for the values of its parameters. */
export interface MediaType {
  readonly essence: string;
  /** By name; where one stands twice, both values with a comma between them. */
  readonly parameters: ReadonlyMap<string, string>;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const whole = new RegExp(`^(${token}/${token})[\\t ]*((?:;.*)?)$`);
const parameter = new RegExp(`;[\\t ]*(?:(${token})=(?:(${token})|"((?:[^"\\\\]|\\\\.)*)"))?[\\t ]*`, 'y');

/** Undefined where there is none, more than one, or one that is malformed: servers read different things in those, or nothing. */
export function mediaTypeOf(headers: HeaderList): MediaType | undefined {
  const [value, ...more] = headers.all('content-type');
  const [, essence = '', rest = ''] = whole.exec(value?.trim() ?? '') ?? [];
  if (essence === '' || more.length > 0) return undefined;
  const parameters = new Map<string, string>();
  parameter.lastIndex = 0;
  while (parameter.lastIndex < rest.length) {
    const found = parameter.exec(rest);
    if (found === null) return undefined;
    const name = found[1]?.toLowerCase();
    if (name === undefined) continue;
    const text = found[2] ?? found[3]?.replace(/\\(.)/g, '$1') ?? '';
    const before = parameters.get(name);
    parameters.set(name, before === undefined ? text : `${before},${text}`);
  }
  return { essence: essence.toLowerCase(), parameters };
}

export function isJson({ essence }: MediaType): boolean {
  return essence === 'application/json' || essence === 'text/json' || essence.endsWith('+json');
}

export function isUrlencoded({ essence }: MediaType): boolean {
  return essence === 'application/x-www-form-urlencoded';
}

export function isXml({ essence }: MediaType): boolean {
  return essence === 'application/xml' || essence === 'text/xml' || essence.endsWith('+xml');
}

/** Whether the body is in UTF-8, or in what says nothing else. */
export function isUtf8({ parameters }: MediaType): boolean {
  return /^(?:utf-?8)?$/i.test(parameters.get('charset') ?? '');
}

/** Whether ASCII stands in the body as its own bytes. */
export function holdsAscii(type: MediaType): boolean {
  return isUtf8(type) || /^(?:us-ascii|iso-8859-1|windows-1252)$/i.test(type.parameters.get('charset') ?? '');
}

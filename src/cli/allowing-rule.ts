import { concealed } from '../inject/index.js';

/** The request, as far as a policy looks at it. */
export interface Allowable {
  readonly client: string | undefined;
  readonly method: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/**
 * The policy that would allow just this request, as YAML. Every value is a JSON string, so that nothing a caller put into a
 * path or a host can become YAML, or reach a terminal as a control character.
 */
export function allowingRule({ client, method, host, port, path }: Allowable): string {
  const shown = host.includes(':') ? `[${host}]` : host;
  const withPort = port === 443 ? shown : `${shown}:${port}`;
  const fields = [
    `name: ${quoted(`allow-${host}`)}`,
    ...(client === undefined ? [] : [`clients: [${quoted(client)}]`]),
    `hosts: [${quoted(withPort)}]`,
    ...(method === 'CONNECT' ? [] : [`methods: [${quoted(method)}]`, `paths: [${quoted(pathPattern(path))}]`]),
  ];
  return `  - { ${fields.join(', ')} }`;
}

/** Without the query; any segment where one with a credential stood, whose text nobody is shown. */
function pathPattern(path: string): string {
  return (path.split('?', 1)[0] ?? '/')
    .split('/')
    .map((segment) => (segment.includes(concealed) ? '*' : segment))
    .join('/');
}

/** JSON, with what is not plain ASCII escaped: a JSON string is a YAML string. */
function quoted(text: string): string {
  const capped = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return JSON.stringify(capped).replace(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

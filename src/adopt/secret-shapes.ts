import { services } from '../catalogue/services.js';

/** A kind of secret that can be told by how it looks. `name` completes 'it looks like …'. */
export interface SecretShape {
  readonly name: string;
  readonly pattern: RegExp;
}

/** Text before the first segment: what a value of this shape begins with. */
export function literalPrefix(shape: string): string {
  return /^[^<]*/.exec(shape)?.[0] ?? '';
}

/** The shape that begins as the value does, the longest such beginning first; undefined where none with a beginning of its own does. */
export function shapeOfValue(shapes: readonly string[], value: string): string | undefined {
  const candidates = shapes.filter(
    (shape) => literalPrefix(shape).length >= shortestPrefix && value.startsWith(literalPrefix(shape)),
  );
  return candidates.sort((a, b) => literalPrefix(b).length - literalPrefix(a).length)[0];
}

/** Below this a beginning says nothing. */
const shortestPrefix = 3;

const characters: Readonly<Record<string, string>> = {
  hex: '0-9a-fA-F',
  digits: '0-9',
  lower: 'a-z0-9',
  upper: 'A-Z0-9',
  alnum: 'A-Za-z0-9',
  base64url: 'A-Za-z0-9_-',
};

/** Characters of a segment that have to be there; vendors have changed their lengths before. */
const enough = 20;

function shapeAsPattern(shape: string): RegExp {
  const body = shape.replace(/<(\d+)\+? (\w+)>|([^<]+)/g, (_, digits?: string, alphabet = '', literal = '') =>
    digits === undefined
      ? (literal as string).replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
      : `[${characters[alphabet as string] ?? ''}]{${Math.min(Number(digits), enough)},}`,
  );
  return new RegExp(`(?<![A-Za-z0-9_-])${body}`);
}

const fromCatalogue: readonly SecretShape[] = services.flatMap((service) =>
  service.variables
    .flatMap(({ shapes }) => shapes)
    .filter((shape) => literalPrefix(shape).length >= shortestPrefix)
    .map((shape) => ({ name: `a secret of ${service.name}`, pattern: shapeAsPattern(shape) })),
);

/** Known beyond the catalogue, from the vendors' own descriptions and secret scanners. */
const wellKnown: readonly SecretShape[] = [
  { name: 'a private key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY/ },
  { name: 'a password in a URL', pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/?#:@]*:[^\s/?#@]+@/i },
  { name: 'an AWS access key', pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}/ },
  { name: 'a JSON Web Token', pattern: /(?<![A-Za-z0-9_-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/ },
  { name: 'a Slack token', pattern: /(?<![A-Za-z0-9])xox[abdeoprs]-[\w-]{10,}/ },
  { name: 'a Stripe key', pattern: /(?<![A-Za-z0-9])[rs]k_(?:live|test)_\w{10,}/ },
  { name: 'an API key beginning with sk-', pattern: /(?<![A-Za-z0-9_-])sk-[\w-]{20,}/ },
  { name: 'a GitLab token', pattern: /(?<![A-Za-z0-9])gl(?:pat|ptt|dt|rt|cbt|ft|soat|agent)-[\w-]{16,}/ },
  { name: 'a GitHub token', pattern: /(?<![A-Za-z0-9])(?:gh[oprsu]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/ },
  { name: 'a token of a package registry', pattern: /(?<![A-Za-z0-9])(?:npm_[A-Za-z0-9]{20,}|pypi-[\w-]{20,})/ },
  { name: 'a Google credential', pattern: /(?<![A-Za-z0-9])(?:AIza[\w-]{30,}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,})/ },
  { name: 'a DigitalOcean token', pattern: /(?<![A-Za-z0-9])do[opr]_v1_[0-9a-f]{20,}/ },
  {
    name: 'a credential of an Authorization header',
    pattern: /\b(?:bearer|basic)\s+(?=[\w.~+/=-]*\d)[\w.~+/-]{16,}=*/i,
  },
  { name: 'an age key', pattern: /AGE-SECRET-KEY-1[A-Z0-9]{20,}/ },
];

const known = [...wellKnown, ...fromCatalogue];

/** The first kind of secret that the text holds. */
export function secretShapeIn(text: string): SecretShape | undefined {
  return known.find(({ pattern }) => pattern.test(text));
}

/** Kinds that no variable is exempt from, whatever its name. */
export function neverHarmless({ name }: SecretShape): boolean {
  return name === 'a private key' || name === 'a password in a URL';
}

import type { AnySourceKind } from '../secrets/backend.js';
import { SecretReference } from '../secrets/index.js';
import type { Settings } from './config.js';
import { found, quoted } from './found.js';
import { near } from './messages.js';
import type { Path, Problem } from './problem.js';

/** What only shows when secrets and backends are seen together: a backend that is not there, a secret made from itself. */
export function checkSources(settings: Settings): Problem[] {
  return [...missingBackends(settings), ...unfitting(settings), ...unknownParts(settings), ...circles(settings)];
}

/** The backend that a source reads from: the one that its options name, or the only one of its type. */
export function backendOf(
  { backends }: Pick<Settings, 'backends'>,
  { of }: AnySourceKind,
  options: unknown,
): string | undefined {
  const { backend } = options as { readonly backend?: string };
  const ofKind = [...backends].filter(([, other]) => other.kind.kind === of).map(([name]) => name);
  if (backend !== undefined) return ofKind.includes(backend) ? backend : undefined;
  return ofKind.length === 1 ? ofKind[0] : undefined;
}

function missingBackends(settings: Settings): Problem[] {
  return [...settings.secrets].flatMap(([name, { kind, options }]): Problem[] => {
    const { of } = kind as AnySourceKind;
    if (of === undefined || backendOf(settings, kind, options) !== undefined) return [];
    const { backend } = options as { readonly backend?: string };
    const names = [...settings.backends].filter(([, other]) => other.kind.kind === of).map(([other]) => other);
    const known = names.map(quoted);
    const allowed =
      known.length === 0
        ? `allowed is one of type ${of} under "backends", where there is none`
        : `allowed is "backend" with one of ${known.join(', ')}`;
    if (backend === undefined)
      return [{ path: ['secrets', name], at: 'value', message: `found no backend for it; ${allowed}` }];
    const message = `found ${found(backend)}, which is no backend of type ${of}${near(backend, names)}; ${allowed}`;
    return [{ path: ['secrets', name, 'backend'], at: 'value', message }];
  });
}

function unfitting(settings: Settings): Problem[] {
  return [...settings.secrets].flatMap(([name, { kind, options }]) => {
    const backend = settings.backends.get(backendOf(settings, kind, options) ?? '');
    const mistakes = backend && (kind as AnySourceKind).fits?.(options as never, backend.options as never);
    return (mistakes ?? []).map(({ path, message }) => ({ path: ['secrets', name, ...path], at: 'value', message }));
  });
}

function unknownParts({ secrets, backends }: Settings): Problem[] {
  const entries = [
    ...Array.from(secrets, ([name, { options }]) => ({ path: ['secrets', name], options })),
    ...Array.from(backends, ([name, { options }]) => ({ path: ['backends', name], options })),
  ];
  return entries.flatMap(({ path, options }) =>
    referencesIn(options)
      .filter(({ reference }) => !secrets.has(reference.name))
      .map((part) => unknownPart([...path, ...part.path], part.reference.name, [...secrets.keys()])),
  );
}

/** Where a secret is named, people type the secret: what is not near a name that there is, is not shown. */
function unknownPart(path: Path, name: string, known: readonly string[]): Problem {
  const hint = near(name, known);
  const what =
    hint === '' ? 'a text that names no secret (not shown: it could be one)' : `the unknown secret ${found(name)}`;
  const allowed = known.length === 0 ? 'there are none' : known.map(quoted).join(', ');
  const message = `found ${what}${hint}; allowed are those of the configuration: ${allowed}`;
  return { path, at: 'value', message };
}

/** A secret that needs itself would be waited for until the time for fetching is over. */
function circles(settings: Settings): Problem[] {
  const { secrets, backends } = settings;
  const partsOf = (name: string): readonly string[] => {
    const secret = secrets.get(name);
    if (secret === undefined) return [];
    const backend = backends.get(backendOf(settings, secret.kind, secret.options) ?? '');
    const parts = [...referencesIn(secret.options), ...referencesIn(backend?.options)];
    return parts.map(({ reference }) => reference.name);
  };
  return [...secrets.keys()]
    .filter((name) => reaches(name, name, partsOf))
    .map((name) => ({
      path: ['secrets', name],
      at: 'key',
      message: `found ${quoted(name)}, which is made from itself; allowed is one made from others`,
    }));
}

function reaches(from: string, to: string, partsOf: (name: string) => readonly string[]): boolean {
  const seen = new Set<string>();
  const waiting = [...partsOf(from)];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === to) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    waiting.push(...partsOf(name));
  }
  return false;
}

/** Every reference to a secret in the options of a source or backend, and where it stands. */
export function referencesIn(options: unknown, path: Path = []): { path: Path; reference: SecretReference }[] {
  if (options instanceof SecretReference) return [{ path, reference: options }];
  if (typeof options !== 'object' || options === null) return [];
  return Object.entries(options).flatMap(([key, value]) => referencesIn(value, [...path, key]));
}

import type { AnySourceKind } from '../secrets/backend.js';
import { SecretReference } from '../secrets/index.js';
import type { Settings } from './config.js';
import { found, foundNear, quoted } from './found.js';
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
    const message = `found ${near(backend, names) === '' ? found(backend) : foundNear(backend)}, which is no backend of type ${of}${near(backend, names)}; ${allowed}`;
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
    hint === '' ? 'a text that names no secret (not shown: it could be one)' : `the unknown secret ${foundNear(name)}`;
  const allowed = known.length === 0 ? 'there are none' : known.map(quoted).join(', ');
  const message = `found ${what}${hint}; allowed are those of the configuration: ${allowed}`;
  return { path, at: 'value', message };
}

/** A secret that needs itself would be waited for until the time for fetching is over. */
function circles(settings: Settings): Problem[] {
  const { secrets, backends } = settings;
  const partsOf = (name: string): readonly Part[] => {
    const secret = secrets.get(name);
    if (secret === undefined) return [];
    const backend = backendOf(settings, secret.kind, secret.options) ?? '';
    const own = referencesIn(secret.options).map(({ reference }) => ({ name: reference.name, through: [] }));
    const through = [`the backend ${quoted(backend)}`];
    const parts = referencesIn(backends.get(backend)?.options);
    return [...own, ...parts.map(({ reference }) => ({ name: reference.name, through }))];
  };
  return [...secrets.keys()].flatMap((name): Problem[] => {
    const way = wayBack(name, partsOf);
    if (way === undefined) return [];
    const by = way.length === 0 ? '' : ` by way of ${way.join(', ')}`;
    const message = `found ${quoted(name)}, which is made from itself${by}; allowed is one made from others`;
    return [{ path: ['secrets', name], at: 'key', message }];
  });
}

/** A secret that another is made from, and what of the configuration says so where that is not the other itself. */
interface Part {
  readonly name: string;
  readonly through: readonly string[];
}

/** The shortest way from a secret to itself, in words; undefined where there is none. */
function wayBack(to: string, partsOf: (name: string) => readonly Part[]): readonly string[] | undefined {
  const seen = new Set<string>();
  const waiting = partsOf(to).map(({ name, through }) => ({ name, way: through }));
  for (const { name, way } of waiting) {
    if (name === to) return way;
    if (seen.has(name)) continue;
    seen.add(name);
    waiting.push(...partsOf(name).map((part) => ({ name: part.name, way: [...way, quoted(name), ...part.through] })));
  }
  return undefined;
}

/** Every reference to a secret in the options of a source or backend, and where it stands. */
export function referencesIn(options: unknown, path: Path = []): { path: Path; reference: SecretReference }[] {
  if (options instanceof SecretReference) return [{ path, reference: options }];
  if (typeof options !== 'object' || options === null) return [];
  return Object.entries(options).flatMap(([key, value]) => referencesIn(value, [...path, key]));
}

/** A policy of Vault as far as ours go: blocks of `path "…" { capabilities = […] }`, with `*` at the end of a path and `+` for a segment. */
export interface FakePolicy {
  allows(path: string, capability: string): boolean;
  /** Whether there is any right below a mount. */
  reaches(mount: string): boolean;
}

export const everything: FakePolicy = { allows: () => true, reaches: () => true };

/** Throws on what is not written as Vault wants it. */
export function policyFrom(hcl: string): FakePolicy {
  const rules = new Map<string, ReadonlySet<string>>();
  const rest = hcl
    .replace(/^\s*#.*$/gm, '')
    .replace(
      /path\s+("(?:[^"\\]|\\.)*")\s*\{\s*capabilities\s*=\s*(\[[^\]]*\])\s*\}/g,
      (_, path: string, list: string) => {
        rules.set(JSON.parse(path) as string, new Set(JSON.parse(list) as string[]));
        return '';
      },
    );
  if (rest.trim() !== '') throw new TypeError(`not HCL: ${rest.trim()}`);
  const patterns = [...rules].map(([path, capabilities]) => ({ path, pattern: patternOf(path), capabilities }));
  return {
    allows: (path, capability) =>
      patterns.some(({ pattern, capabilities }) => pattern.test(path) && capabilities.has(capability)),
    reaches: (mount) => patterns.some(({ path }) => path.startsWith(mount)),
  };
}

function patternOf(path: string): RegExp {
  const escaped = path.replace(/[.?^$()[\]{}|\\/-]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/(?<=\/|^)\+(?=\\\/|$)/g, '[^/]+').replace(/\*$/, '.*')}$`);
}

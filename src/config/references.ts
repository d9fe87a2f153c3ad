export interface Reference {
  /** The option it stands in. */
  readonly option: string;
  readonly secret: string;
  readonly field: string;
}

/** Where the options of a place name secrets: `{secret}` or `{secret.field}`; doubled braces are braces (see inject/template). */
export function secretsIn(options: unknown): readonly Reference[] {
  return Object.entries(options as Readonly<Record<string, unknown>>).flatMap(([option, value]) =>
    typeof value === 'string' ? namesIn(value).map((named) => ({ option, ...named })) : [],
  );
}

/** Whether every brace is one of a reference, or doubled. */
export function isTemplate(text: string): boolean {
  return !/[{}]/.test(text.replace(/\{\{|\}\}|\{[A-Za-z0-9][\w-]*(?:\.[\w-]+)?\}/g, ''));
}

function namesIn(template: string): Omit<Reference, 'option'>[] {
  return Array.from(template.matchAll(/\{\{|\}\}|\{([\w-]+)(?:\.([\w-]+))?\}/g), ([, secret, field = 'value']) =>
    secret === undefined ? [] : { secret, field },
  ).flat();
}

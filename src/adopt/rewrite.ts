import { argumentName } from './claim.js';

/** A text that is replaced: wherever it stands at its own place, and elsewhere where it is all of a value or long enough to be no chance. */
export interface Edit {
  /** The variable, or `argument 3`. */
  readonly where: string;
  readonly text: string;
  readonly by: string;
}

export interface RewrittenChild {
  readonly environment: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

/** From this length on a text is replaced as a part of a longer one: in a URL, in JSON, behind an equals sign. */
const findable = 16;

/** Applies every edit to every variable and argument but those that `untouched` names. */
export function rewrite(
  child: RewrittenChild,
  edits: readonly Edit[],
  untouched: (where: string) => boolean,
): RewrittenChild {
  const longestFirst = edits.filter(({ text }) => text !== '').sort((a, b) => b.text.length - a.text.length);
  const rewritten = (where: string, value: string): string =>
    untouched(where)
      ? value
      : longestFirst.reduce(
          (text, edit) => (applies(edit, where, text) ? text.split(edit.text).join(edit.by) : text),
          value,
        );
  return {
    environment: Object.fromEntries(
      Object.entries(child.environment).map(([name, value]) => [name, rewritten(name, value)]),
    ),
    args: child.args.map((argument, index) => rewritten(argumentName(index), argument)),
  };
}

function applies(edit: Edit, where: string, value: string): boolean {
  return edit.where === where || value === edit.text || edit.text.length >= findable;
}

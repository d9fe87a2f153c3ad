/** Sections by their name as written, keys in lower case. Of a section that comes twice, the later keys are added to the earlier. */
export type Ini = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * The files of AWS's command line (docs.aws.amazon.com, "Configuration and credential file settings"): `[section]`, `key = value`, comments
 * that begin a line or follow a space with `#` or `;`. Lines that begin with a space are the settings of one service and say nothing of keys.
 */
export function iniOf(text: string): Ini {
  const sections = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const line of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    const heading = headingOf(line);
    if (heading !== undefined) {
      current = sections.get(heading) ?? new Map<string, string>();
      sections.set(heading, current);
      continue;
    }
    const equals = line.indexOf('=');
    // By position: an expression would take for ever over a line of spaces.
    const key = equals < 1 || /^[\s#;]/.test(line) ? undefined : line.slice(0, equals).trim().toLowerCase();
    if (key !== undefined) current?.set(key, uncommented(line.slice(equals + 1)));
  }
  return sections;
}

function headingOf(line: string): string | undefined {
  const end = line.indexOf(']');
  return line.startsWith('[') && end > 0 && uncommented(line.slice(end + 1)) === ''
    ? line.slice(1, end).trim()
    : undefined;
}

function uncommented(text: string): string {
  const comment = / [#;]|^[#;]|\t[#;]/.exec(text);
  return text.slice(0, comment?.index ?? text.length).trim();
}

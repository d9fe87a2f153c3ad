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
    const [, heading] = /^\[\s*([^\]]*?)\s*\]\s*(?:[#;].*)?$/.exec(line) ?? [];
    if (heading !== undefined) {
      current = sections.get(heading) ?? new Map<string, string>();
      sections.set(heading, current);
      continue;
    }
    const [, key, value = ''] = /^([^\s#;=][^=]*?)[ \t]*=(.*)$/.exec(line) ?? [];
    if (key !== undefined) current?.set(key.toLowerCase(), value.replace(/(?:^|\s)[#;].*$/, '').trim());
  }
  return sections;
}

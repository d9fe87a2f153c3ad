import { join } from 'node:path';
import type { Registries, RegistrySetting } from './registry-setting.js';

/** Variables by which pip and uv take indexes; some hold several, separated by spaces. */
const variables = [
  'PIP_INDEX_URL',
  'PIP_EXTRA_INDEX_URL',
  'UV_INDEX_URL',
  'UV_EXTRA_INDEX_URL',
  'UV_DEFAULT_INDEX',
  'UV_INDEX',
  'UV_FIND_LINKS',
  'PIP_FIND_LINKS',
];

/** Asks the installed pip for the index it was built with, and for the host its files come from. */
const askPip =
  'from pip._internal.models.index import PyPI; print(PyPI.simple_url); print("https://" + PyPI.file_storage_domain)';

/**
 * Indexes from the user's variables and the files of the user and the system, never from pyproject.toml, uv.toml or pip.conf of a project.
 * Where none replaces it, pip's own default; where one is on the default's host, its files come from where the default's do.
 */
export async function pythonRegistries(setting: RegistrySetting): Promise<Registries> {
  const { environment, folder, runProgram, readFile } = setting;
  const fromVariables = variables.flatMap((name) => environment[name]?.split(/\s+/) ?? []);
  const texts = settingFiles(setting).map((path) => readFile(path) ?? '');
  const configured = [...fromVariables.map(withoutName), ...texts.flatMap(indexesIn)].filter((url) =>
    /^https?:\/\//.test(url),
  );
  const output = await runProgram('python3', ['-I', '-c', askPip], environment, folder);
  const [index = '', files = ''] = output?.trim().split(/\s+/) ?? [];
  const replaced =
    texts.some((text) => /^\s*(?:index[-_]url|default\s*=\s*true)/m.test(text)) || replacing(environment);
  const onDefault = configured.some((url) => sameHost(url, index));
  const defaults = replaced && !onDefault ? [] : [index, files].filter((url) => url !== '');
  const notes = !replaced && defaults.length === 0 ? ['pip could not be asked for its index'] : [];
  return { hosts: [...configured, ...defaults], certificateFiles: texts.flatMap(certificatesIn), notes };
}

function replacing(environment: RegistrySetting['environment']): boolean {
  return ['PIP_INDEX_URL', 'UV_INDEX_URL', 'UV_DEFAULT_INDEX'].some((name) => (environment[name] ?? '') !== '');
}

function settingFiles({ environment, home, platform }: RegistrySetting): readonly string[] {
  const config = environment['XDG_CONFIG_HOME'] ?? join(home, '.config');
  const roaming = environment['APPDATA'] ?? join(home, 'AppData/Roaming');
  const ofPlatform =
    platform === 'win32'
      ? [join(roaming, 'pip/pip.ini'), join(roaming, 'uv/uv.toml')]
      : platform === 'darwin'
        ? [join(home, 'Library/Application Support/pip/pip.conf'), '/Library/Application Support/pip/pip.conf']
        : [];
  const common = [join(config, 'pip/pip.conf'), join(home, '.pip/pip.conf'), '/etc/pip.conf', '/etc/xdg/pip/pip.conf'];
  return [...common, ...ofPlatform, join(config, 'uv/uv.toml'), '/etc/uv/uv.toml'];
}

/** `index-url = …` with further lines indented (pip.conf), `url = "…"` under `[[index]]` and lists (uv.toml). */
function indexesIn(text: string): readonly string[] {
  const values = text.matchAll(
    /^[ \t]*(?:extra[-_])?(?:index[-_]url|index|url|find[-_]links)[ \t]*=((?:.*(?:\n[ \t]+(?![\w-]+[ \t]*=).*)*))/gm,
  );
  return Array.from(values).flatMap(([, value = '']) => value.match(/https?:\/\/[^\s"',\]]+/g) ?? []);
}

function certificatesIn(text: string): readonly string[] {
  return Array.from(text.matchAll(/^[ \t]*cert[ \t]*=[ \t]*(\/\S+)/gm), ([, path = '']) => path);
}

/** uv lets an index have a name: `name=https://…`. */
function withoutName(value: string): string {
  return value.replace(/^[\w-]+=/, '');
}

function sameHost(a: string, b: string): boolean {
  return URL.canParse(a) && URL.canParse(b) && new URL(a).host === new URL(b).host;
}

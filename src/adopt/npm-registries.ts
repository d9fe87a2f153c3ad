import type { Registries, RegistrySetting } from './registry-setting.js';

/**
 * Registries as npm itself reads its settings: built-in default, global and user file, the user's variables. It is asked in a folder
 * that holds no project, and for its global mode, in which it looks for no project further up: a cloned repository's .npmrc has no say.
 */
export async function npmRegistries({ environment, folder, runProgram }: RegistrySetting): Promise<Registries> {
  const output = await runProgram('npm', ['config', 'list', '--json', '--global'], environment, folder);
  const settings = output === undefined ? undefined : parseObject(output);
  if (settings === undefined)
    return { hosts: [], certificateFiles: [], notes: ['npm could not be asked for its registries'] };
  const registries = Object.entries(settings).filter(([name]) => name === 'registry' || /^@[^:]+:registry$/.test(name));
  const cafile = settings['cafile'];
  return {
    hosts: registries.map(([, url]) => url).filter((url) => typeof url === 'string'),
    certificateFiles: typeof cafile === 'string' ? [cafile] : [],
    notes: [],
  };
}

/** Yarn has a default of its own; the first spelling is that of version 1, the second of the later ones. */
export async function yarnRegistries({ environment, folder, runProgram }: RegistrySetting): Promise<Registries> {
  const answers = await Promise.all(
    ['registry', 'npmRegistryServer'].map((key) => runProgram('yarn', ['config', 'get', key], environment, folder)),
  );
  const hosts = answers.flatMap((answer) => answer?.trim() ?? []).filter((answer) => answer.startsWith('https://'));
  return { hosts, certificateFiles: [], notes: hosts.length === 0 ? ['yarn could not be asked for its registry'] : [] };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // Something else was printed: the caller notes that npm could not be asked.
    return undefined;
  }
}

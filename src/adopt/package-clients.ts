import { basename } from 'node:path';

/** Families of package clients that share registries and settings. */
export type PackageClient = 'npm' | 'yarn' | 'python';

const programs: Readonly<Record<string, PackageClient>> = {
  npm: 'npm',
  npx: 'npm',
  pnpm: 'npm',
  pnpx: 'npm',
  bun: 'npm',
  bunx: 'npm',
  yarn: 'yarn',
  yarnpkg: 'yarn',
  uv: 'python',
  uvx: 'python',
  pip: 'python',
  pip3: 'python',
  pipx: 'python',
};

/** Programs that start others named in their arguments. */
const launchers =
  /^(?:sh|bash|zsh|dash|fish|env|nice|nohup|timeout|cmd|cmd\.exe|powershell|pwsh|corepack|mise|volta|direnv)$/;

/** Which package clients a command line runs: by its program, by `python -m pip`, or by a word of what a shell is given. */
export function packageClients(command: string, args: readonly string[]): ReadonlySet<PackageClient> {
  const program = programName(command);
  const words = launchers.test(program) ? args.flatMap((argument) => argument.split(/[\s;&|()'"]+/)) : [];
  const module = /^python[\d.]*$/.test(program) && args[0] === '-m' ? [args[1] ?? ''] : [];
  const names = [program, ...words.map(programName), ...module];
  return new Set(names.flatMap((name) => (Object.hasOwn(programs, name) ? (programs[name] ?? []) : [])));
}

function programName(command: string): string {
  return basename(command.replaceAll('\\', '/')).replace(/\.(?:exe|cmd|ps1)$/i, '');
}

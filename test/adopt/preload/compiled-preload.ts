import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';

const sources = join(process.cwd(), 'src/adopt/preload');

/** Compiles the preload into a folder, as the build does, with undici within its reach. Returns the path of its entry. */
export function compilePreload(folder: string): string {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules/undici'), join(folder, 'node_modules/undici'));
  for (const file of readdirSync(sources)) {
    const { outputText } = ts.transpileModule(readFileSync(join(sources, file), 'utf8'), {
      fileName: join(sources, file),
      compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.CommonJS },
    });
    writeFileSync(join(folder, `${basename(file, '.cts')}.cjs`), outputText);
  }
  return join(folder, 'preload.cjs');
}

/**
 * Joins the compiled modules of the program into a few files in `dist/program/`: Node 20 takes a third of a millisecond for each module
 * file, and there are over 200 (docs/decisions/0015-start-up-time.md). Packages stay where npm puts them. Run by `npm run build`, after tsc.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild-wasm';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

/** A module that asks where it is, to find a file beside it, hears the same as if it had not been joined with others. */
const ownPlace = {
  name: 'own-place',
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const place = JSON.stringify(`../${relative(dist, path).split(sep).join('/')}`);
      return { contents: text.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`), loader: 'js' };
    });
  },
};

await rm(join(dist, 'program'), { recursive: true, force: true });
await build({
  absWorkingDir: dist,
  entryPoints: ['main.js'],
  outdir: 'program',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  sourcemap: true,
  plugins: [ownPlace],
});
// The name that `bin` gives.
await writeFile(join(dist, 'main.js'), "#!/usr/bin/env node\nimport './program/main.js';\n");
await rm(join(dist, 'main.js.map'));

/** `node --import …/typescript-child.mjs file.ts`: runs a TypeScript file and what it imports, on any Node we support. */
import { register } from 'node:module';

register('./typescript-hook.mjs', import.meta.url);

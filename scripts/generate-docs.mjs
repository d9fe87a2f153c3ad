/** Writes what is generated from the configuration schema; runs from `dist`, so build first (`npm run docs` does). */
import { writeFileSync } from 'node:fs';
import { jsonSchema, markdown } from '../dist/config/document.js';

writeFileSync(new URL('../config/schema.json', import.meta.url), jsonSchema());
writeFileSync(new URL('../docs/configuration.md', import.meta.url), markdown());

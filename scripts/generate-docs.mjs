/** Writes what is generated from the configuration schema and the service catalogue; runs from `dist`, so build first (`npm run docs` does). */
import { writeFileSync } from 'node:fs';
import { servicesMarkdown } from '../dist/catalogue/document.js';
import { jsonSchema, markdown } from '../dist/config/document.js';

writeFileSync(new URL('../config/schema.json', import.meta.url), jsonSchema());
writeFileSync(new URL('../docs/configuration.md', import.meta.url), markdown());
writeFileSync(new URL('../docs/services.md', import.meta.url), servicesMarkdown());

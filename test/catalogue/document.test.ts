import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { servicesMarkdown } from '../../src/catalogue/document.js';
import { ruleNames } from '../../src/catalogue/rule-name.js';
import { services } from '../../src/catalogue/services.js';

describe('docs/services.md', () => {
  it('is committed as the catalogue has it now (`npm run docs` writes it)', () => {
    expect(readFileSync('docs/services.md', 'utf8')).toBe(servicesMarkdown());
  });

  it('has a row and a chapter for each service, with every rule, what is not seen, and where the paths are from', () => {
    const text = servicesMarkdown();
    // `run` takes such a name for this service's with its package alone.
    expect(text).toContain('`ACCESS_TOKEN` (with `square-mcp-server`)');
    for (const service of services) {
      const { name, minting, variables } = service;
      for (const rule of ruleNames(service)) expect(text).toContain(`\n- \`${rule}\`: `);
      expect(text).toContain(`| [${name}](#${name}) |`);
      expect(text).toContain(`\n## ${name}\n`);
      for (const variable of variables) expect(text).toContain(`\`${variable.name}\``);
      const said =
        'none' in minting
          ? [minting.none]
          : [minting.read, minting.unseen ?? '', minting.letThrough ?? '', ...minting.rules.map(({ what }) => what)];
      for (const part of said) expect(text).toContain(part);
    }
  });
});

import { refusalsOf } from '../config/refusals.js';

/** What the configuration says to one secret of these options, `other` and the backends beside it. */
export function mistakesOfSecret(options: object, backends: object = {}): string[] {
  const secrets = {
    it: { hosts: ['a.example'], ...options },
    ...Object.fromEntries(parts.map((name) => [name, part])),
  };
  return told({ secrets, backends });
}

/** What it says to one backend of these options. */
export function mistakesOfBackend(options: object): string[] {
  return told({ secrets: Object.fromEntries(parts.map((name) => [name, part])), backends: { it: options } });
}

/** Secrets that others are made from. */
const parts = ['key', 'login', 'token'];
const part = { from: 'env', name: 'PART', hosts: ['a.example', 'app.infisical.com', 'api.workos.com'] };

/** Without where it stands: all of it is on one line. */
function told(sections: object): string[] {
  const text = Object.entries(sections).map(([name, entries]) => `${name}: ${JSON.stringify(entries)}\n`);
  return refusalsOf(text.join('')).map((problem) => problem.replace(/^\d+:\d+ /, ''));
}

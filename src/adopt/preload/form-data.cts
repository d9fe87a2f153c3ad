/* eslint-disable @typescript-eslint/no-require-imports -- CommonJS: `--require` is the one preload that every Node takes. */
import type { FormData } from 'undici';

/** As much of a FormData as all its makers agree upon. */
type Entries = Iterable<readonly [name: string, value: string | File]>;

/**
 * The same form made by the undici that sends it, which knows no other: a form of Node's own, or of the program's undici, is one that
 * it takes for a form and then cannot read. Undefined for what is no form.
 */
function ownFormData(body: unknown): FormData | undefined {
  if (!isFormData(body)) return undefined;
  const { FormData: Own } = require('undici/lib/web/fetch/formdata.js') as { readonly FormData: typeof FormData };
  const form = new Own();
  for (const [name, value] of body) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, value, value.name);
  }
  return form;
}

/** As undici itself asks. */
function isFormData(body: unknown): body is Entries {
  return typeof body === 'object' && body !== null && Reflect.get(body, Symbol.toStringTag) === 'FormData';
}

export type OwnFormData = typeof ownFormData;

module.exports = { ownFormData };

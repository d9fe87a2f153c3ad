import { z } from 'zod';
import { fieldName } from './field-name.js';

/** The name of a secret of the configuration. */
export const secretName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'allowed is the name of a secret, without braces');

/** The name of a field of a secret. */
export const secretField = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'allowed is the name of a field, without braces');

/** The name of a header field. */
export const headerName = z.string().regex(fieldName, 'allowed is the name of a header');

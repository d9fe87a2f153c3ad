import { z } from 'zod';

/** Where in a project something is. */
export const placeOptions = {
  environment: z
    .string()
    .regex(/^[A-Za-z0-9][\w-]{0,63}$/)
    .describe('The slug of the environment, such as `prod`.'),
  path: z
    .string()
    .regex(/^\/(?:[\w-]+(?:\/[\w-]+)*)?$/)
    .meta({ title: 'folder' })
    .default('/')
    .describe('The folder, from the root of the environment; without a slash at its end.'),
};

export const projectOption = z.string().regex(/^[A-Za-z0-9][\w-]{0,63}$/);

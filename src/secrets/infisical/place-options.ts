import { textOption } from '../allowed.js';

/** Where in a project something is. */
export const placeOptions = {
  environment: textOption(/^[A-Za-z0-9][\w-]{0,63}$/, 'the slug of an environment, such as prod').describe(
    'The slug of the environment, such as `prod`.',
  ),
  path: textOption(/^\/(?:[\w-]+(?:\/[\w-]+)*)?$/, 'a folder such as / or /team/ci, with a slash before and none after')
    .meta({ title: 'folder' })
    .default('/')
    .describe('The folder, from the root of the environment; without a slash at its end.'),
};

export const projectOption = textOption(
  /^[A-Za-z0-9][\w-]{0,63}$/,
  'a name of letters, digits, "-" and "_", as the settings of the project show it',
);

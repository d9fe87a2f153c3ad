import { z } from 'zod';
import { hostPatternText } from './schema-hosts.js';
import { section } from './section.js';
import { nameText, text } from './text.js';

/** The `run` section: what `keywright run` does besides what its catalogue knows. */
export function runSection() {
  return section(
    {
      env: z
        .record(variableName, nameText)
        .prefault({})
        .describe('Variables of the child that hold a secret, and which: the child gets a placeholder there.'),
      args: z
        .record(optionName, nameText)
        .prefault({})
        .describe('Options of the command line that are followed by a secret, and which.'),
      registries: z
        .array(hostPatternText)
        .prefault([])
        .describe('Hosts to tunnel to without looking inside, besides those that the package clients are set up for.'),
      pass: z
        .array(variableName)
        .prefault([])
        .describe('Variables that look like secrets and go to the child as they are.'),
      java: z
        .boolean()
        .prefault(false)
        .describe('The child is a Java program, which cannot send a proxy password: it gets a port of its own.'),
    },
    ['confine', 'gateway', 'env_file'],
  )
    .prefault({})
    .describe('What `keywright run` does.');
}

const variableName = text(
  { title: 'variable', allowed: 'the name of an environment variable', pattern: /^[A-Za-z_][A-Za-z0-9_]*$/ },
  (value) => value,
);

const optionName = text(
  { title: 'option', allowed: 'an option such as --token', pattern: /^--?[A-Za-z0-9][\w-]*$/ },
  (value) => value,
);

import type { Command } from './command.js';

/** A command before it is asked for: starting the program loads only what it does. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Every command there is, in the order of the overview. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'run',
    summary: '-- COMMAND…: runs a program that gets placeholders instead of its secrets',
    load: async () => (await import('./run.js')).run,
  },
  {
    name: 'serve',
    summary: 'the long-running proxy: desk daemon, sidecar or gateway',
    load: async () => (await import('./serve.js')).serve,
  },
  {
    name: 'check',
    summary: 'validates the configuration, then that every secret it names is there',
    load: async () => (await import('./check.js')).check,
  },
  {
    name: 'explain',
    summary: 'METHOD URL, or a REQUEST-ID: which policy decides and why, and what would go where; sends nothing',
    load: async () => (await import('./explain.js')).explain,
  },
  {
    name: 'audit',
    summary: 'tail, query, verify, heads: reads the audit log, and proves that nobody changed it',
    load: async () => (await import('./audit.js')).audit,
  },
  {
    name: 'grants',
    summary: '--for BACKEND: the least that has to be granted to Keywright where its secrets live',
    load: async () => (await import('./grants.js')).grants,
  },
  {
    name: 'secret',
    summary:
      'set, list, remove NAME: the built-in encrypted store; values from standard input or a prompt, never shown',
    load: async () => (await import('./secret.js')).secret,
  },
  {
    name: 'client',
    summary: 'add NAME: makes a token for a client of `serve`; list: the clients of the configuration',
    load: async () => (await import('./client.js')).client,
  },
  {
    name: 'placeholder',
    summary: 'NAME --client C: what a client sends in place of a secret, for policies in mode substitute',
    load: async () => (await import('./placeholder.js')).placeholder,
  },
  {
    name: 'ca',
    summary: 'show, export, rotate: the authority that callers have to trust',
    load: async () => (await import('./ca.js')).ca,
  },
  {
    name: 'status',
    summary: 'asks the running proxy whether it takes requests (exit 0) or not (exit 1)',
    load: async () => (await import('./status.js')).status,
  },
];

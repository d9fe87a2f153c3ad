import { clients, python } from './run.js';

/** A client program, and the variable that its credential is in. */
export interface Way {
  readonly name: string;
  readonly command: (node: string) => readonly string[];
  readonly variable: 'GITHUB_TOKEN' | 'STRIPE_SECRET_KEY';
  /** Another program than Node, which may not be here: how to find out. */
  readonly needs?: readonly [command: string, ...args: string[]];
}

const script =
  (...[file, ...args]: [string, ...string[]]): Way['command'] =>
  (node) => [node, clients + file, ...args];

/** Clients on Node: each prints a JSON list of its answers, `STATUS BODY`. */
export const nodeWays: readonly Way[] = [
  { name: 'fetch, also in a worker thread', command: script('fetch.mjs'), variable: 'GITHUB_TOKEN' },
  { name: 'https with each kind of agent', command: script('https.mjs'), variable: 'GITHUB_TOKEN' },
  {
    name: 'axios 1.15.2, which sends absolute-form',
    command: script('axios.mjs', 'axios-1-15'),
    variable: 'GITHUB_TOKEN',
  },
  { name: 'axios 1.21', command: script('axios.mjs', 'axios'), variable: 'GITHUB_TOKEN' },
  { name: '@octokit/rest', command: script('octokit.mjs'), variable: 'GITHUB_TOKEN' },
  { name: 'stripe', command: script('stripe.mjs'), variable: 'STRIPE_SECRET_KEY' },
];

const ask = (command: string): readonly string[] => ['sh', '-c', command];

/** Clients of other kinds, which print the same. */
export const otherWays: readonly Way[] = [
  {
    name: 'curl',
    command: () =>
      ask(
        `curl -sSv -w "%{http_code} " -o "$TMPDIR/body" -H "authorization: Bearer $GITHUB_TOKEN" https://api.github.com/user > "$TMPDIR/status" || exit
         printf '["%s%s"]' "$(cat "$TMPDIR/status")" "$(sed 's/"//g' "$TMPDIR/body")"`,
      ),
    variable: 'GITHUB_TOKEN',
    needs: ['curl', '--version'],
  },
  {
    name: 'wget',
    command: () =>
      ask(
        `wget -q -O "$TMPDIR/body" --header "authorization: Bearer $GITHUB_TOKEN" https://api.github.com/user || exit
         printf '["200 %s"]' "$(sed 's/"//g' "$TMPDIR/body")"`,
      ),
    variable: 'GITHUB_TOKEN',
    needs: ['wget', '--version'],
  },
  {
    name: "Python's urllib",
    command: () => [python, `${clients}python_urllib.py`],
    variable: 'GITHUB_TOKEN',
    needs: [python, '--version'],
  },
  {
    name: "Python's requests",
    command: () => [python, `${clients}python_requests.py`],
    variable: 'GITHUB_TOKEN',
    needs: [python, '-c', 'import requests'],
  },
];

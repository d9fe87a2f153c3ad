import { z } from 'zod';
import { placeKinds, signerKinds } from '../inject/registry.js';
import { compilePathPattern } from '../policy/path.js';
import { expected, foundButAllowed, notYet } from './messages.js';
import { accessKeys, hostsOf } from './schema-access.js';
import { hostPatternText } from './schema-hosts.js';
import { isSet, oneOfEither, section } from './section.js';
import { tokenEndpointKey } from './schema-token-endpoint.js';
import { nameText, text } from './text.js';

/** What deny rules and policies have in common. */
const rule = {
  name: nameText.describe('Its name in the audit and in `explain`.'),
  clients: z
    .array(
      z
        .string({
          error: (issue) => (isSet(issue.input) ? notYet('a matcher on claims', ['names of clients']) : undefined),
        })
        .meta({ title: 'name' })
        .pipe(nameText),
    )
    .min(1)
    .optional()
    .describe('The clients it is for. Left out, all.'),
  hosts: z
    .array(hostPatternText)
    .min(1)
    .describe('`host` (port 443), `host:port`, or `*.example.com`: one or more labels under it, not the apex.'),
  methods: z
    .array(methodText())
    .min(1)
    .optional()
    .describe('Methods, in capitals; GET stands for HEAD too. Left out, all.'),
  paths: z
    .array(
      text({ title: 'path pattern', allowed: 'a path such as /repos/** or /users/*/keys' }, (value) => {
        compilePathPattern(value);
        return value;
      }),
    )
    .min(1)
    .optional()
    .describe('`*` is one segment, `**` any number of them; case-sensitive, without the query. Left out, all.'),
};

export function denySection() {
  return z
    .array(section(rule, laterConditions))
    .prefault([])
    .describe('What no policy can allow. The order does not matter.');
}

export function policiesSection(folder: string) {
  const inject = injectSection(folder);
  const policy = section(
    {
      ...rule,
      hosts: rule.hosts.optional(),
      ...accessKeys,
      action: z
        .enum(['allow', 'tunnel'])
        .prefault('allow')
        .describe('`allow`: look inside, and inject if there is something to. `tunnel`: pass TLS through unread.'),
      inject: z.array(inject).prefault([]).describe('What goes on the request, and where.'),
      token_endpoint: tokenEndpointKey,
      unsafe_cleartext: z
        .boolean()
        .prefault(false)
        .describe('The credential may go over `http://`, where everybody on the way reads it.'),
      unsafe_shared_suffix: z
        .boolean()
        .prefault(false)
        .describe('A wildcard in `hosts` may cover hosts of different owners, and they get the credential.'),
      unsafe_opaque_upgrade: z
        .boolean()
        .prefault(false)
        .describe(
          'A request may change to a protocol other than WebSocket (Kubernetes exec, Docker attach), with its credential. What follows is passed on unread in both directions: not scrubbed, not searched for placeholders. So are the messages of a WebSocket that carries no credential.',
        ),
    },
    [...laterConditions, ...laterOfPolicies],
    ofEntries,
  ).transform(({ token_endpoint, clients, ...rest }, context) => {
    const { unsafe_cleartext, unsafe_shared_suffix, unsafe_opaque_upgrade, ...others } = rest;
    const hosts = hostsOf(others.hosts, others.service, others.access);
    if (hosts === undefined) {
      const whose = others.service === undefined ? '' : ', as the service has none of its own';
      context.addIssue({ code: 'custom', message: `"hosts" is missing; allowed is a list of hosts${whose}` });
      return z.NEVER;
    }
    return {
      ...others,
      hosts,
      clients,
      tokenEndpoint: token_endpoint,
      unsafeCleartext: unsafe_cleartext,
      unsafeSharedSuffix: unsafe_shared_suffix,
      unsafeOpaqueUpgrade: unsafe_opaque_upgrade,
    };
  });
  return z
    .array(policy)
    .prefault([])
    .describe('What is allowed: the first that matches decides; nothing matches = refused.');
}

function injectSection(folder: string) {
  const common = {
    mode: z
      .enum(['set', 'substitute'])
      .prefault('set')
      .describe(
        '`set`: the credential is set, and what the client sent at this place is dropped. `substitute`: it goes only where the client sent its placeholder.',
      ),
  };
  return oneOfEither(
    { by: 'place', kinds: placeKinds, common, later: [], folder },
    { by: 'sign', kinds: signerKinds, common, later: [], folder },
  ).transform(({ kind, options, common: { mode } }) => ({ kind, options, mode }));
}

export const defaultKey = z
  .literal('deny', {
    error: (issue) => (issue.input === 'observe' ? notYet('"observe"', ['"deny"']) : undefined),
  })
  .prefault('deny')
  .describe('What happens where no policy matches.');

const laterConditions = ['mcp', 'tools', 'graphql', 'operations', 'body'];
const laterOfPolicies = ['approval', 'approvals', 'rate', 'rates', 'keep_headers', 'scrub'];

/** Keys of an entry of `inject`, where people write them beside it. */
const ofEntries: ReadonlyMap<string, string> = new Map(
  ['place', 'sign', 'template', 'mode'].map((key) => [key, 'it belongs in an entry of "inject"']),
);

/** Methods are case-sensitive (RFC 9110 section 9.1); CONNECT and TRACE are never forwarded, so a rule on them would say nothing. */
function methodText() {
  const allowed = 'a method in capitals, such as GET (leave `methods` out for all)';
  return z
    .string({ error: expected(allowed) })
    .regex(/^[A-Z][A-Z0-9-]{0,31}$/, { error: expected(allowed) })
    .refine((method) => method !== 'CONNECT' && method !== 'TRACE', {
      error: ({ input }) => foundButAllowed(input, 'another method: this one is never forwarded'),
    })
    .meta({ title: 'method' });
}

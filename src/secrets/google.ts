import { defineKind } from '../core/kind.js';
import { tokenByKey } from './google/by-key.js';
import { tokenByWorkload } from './google/by-workload.js';
import { googleOptions, googleRules, type GoogleOptions } from './google/options.js';
import { termsOf } from './google/terms.js';
import type { Sent } from './backend.js';
import type { Source } from './index.js';
import { reveal } from './seal.js';
import type { SourceContext } from './source-context.js';
import { valueVersion } from './value-version.js';

/** A token of Google Cloud. Google's own library keeps tokens, keys and a client of HTTP of its own, which follows redirects. */
const kind = defineKind({
  kind: 'google',
  summary:
    'An access token or ID token of Google Cloud: of a service account by its key, or of a workload by its identity.',
  options: googleOptions,
  rules: googleRules,
  make(options: GoogleOptions, context: SourceContext): Source {
    const terms = termsOf(options);
    const tokenFor =
      terms.by === 'key' ? tokenByKey(terms, options, context) : tokenByWorkload(terms, options, context);
    return {
      async fetch(fetching) {
        const { value, expiresAt } = await tokenFor(fetching);
        return { fields: { value }, version: valueVersion(reveal(value)), expiresAt };
      },
    };
  },
});

/** The key of a service account only signs. */
export const googleSource = {
  ...kind,
  sends: ({ sts_url }: GoogleOptions): readonly Sent[] => [{ path: ['workload_identity', 'token'], to: sts_url }],
};

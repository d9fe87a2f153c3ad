import sequencer from '@jest/test-sequencer';

/** Suites of more than seven seconds: begun late, one of them would run on alone at the end. */
const long = [
  'regressions/floods',
  'wire/answer-length',
  'wire/request-lines',
  'fuzz/framing',
  'interop/transfers',
  'regressions/limits',
  'interop/mcp-servers',
  'regressions/http2-floods',
  'cli/secret',
  'run/process',
  'package/package',
  'upstream/session-hostile',
  'interop/git',
  'interop/packages',
  'regressions/secret-faults',
  'run/fail-safely',
];

/** Jest begins with what took longest the last time; on a machine that has not run them yet it knows no times. */
export default class LongestFirst extends sequencer.default {
  sort(tests) {
    const place = ({ path }) => {
      const at = long.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
      return at === -1 ? long.length : at;
    };
    return super.sort(tests).sort((one, other) => place(one) - place(other));
  }
}

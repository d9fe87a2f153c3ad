/**
 * Jest's environment for Node, which gives every suite modules of its own, without compiling packages and Jest itself again for each of them: a
 * worker keeps what V8 compiled of a CommonJS file and gives it to the next suite that loads it. Only code is kept; what runs is run anew.
 */
import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

/** File → its text, and what was compiled of it. */
const scripts = new Map();
/** Scripts that run for the first time. Their code is taken when their suite is over: it then has the functions that were called. */
const fresh = new Set();

class KeptScript extends vm.Script {
  constructor(text, options) {
    const file = options?.filename;
    const kept = scripts.get(file);
    const known = kept?.text === text;
    super(text, known ? { ...options, cachedData: kept.code } : options);
    // Code is refused once a suite has changed V8's flags; the text has then been compiled as ever.
    if (file !== undefined && (!known || this.cachedDataRejected)) fresh.add({ file, text, script: this });
  }
}

// Jest takes it from here whenever it loads a file.
vm.Script = KeptScript;

export default class Environment extends TestEnvironment {
  async teardown() {
    for (const { file, text, script } of fresh) scripts.set(file, { text, code: script.createCachedData() });
    fresh.clear();
    await super.teardown();
  }
}

/**
 * Jest's environment for Node, which gives every suite modules of its own, without compiling the same text again for each of them: a worker keeps
 * what V8 compiled of a file and gives it to the next suite that loads this file. Only code is kept; what runs is run anew.
 */
import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

/** File → its text, and what was compiled of it. */
const modules = new Map();
const scripts = new Map();
/** Scripts that run for the first time. Their code is taken when their suite is over: it then has the functions that were called. */
const fresh = new Set();

class KeptScript extends vm.Script {
  constructor(text, options) {
    const file = options?.filename;
    const kept = scripts.get(file);
    const known = kept?.text === text;
    super(text, known ? { ...options, cachedData: kept.code } : options);
    if (file !== undefined && !known) fresh.add({ file, text, script: this });
  }
}

class KeptModule extends vm.SourceTextModule {
  constructor(text, options) {
    const kept = modules.get(options.identifier);
    const known = kept?.text === text;
    super(text, known ? { ...options, cachedData: kept.code } : options);
    // A module gives its code only before it runs.
    if (!known) modules.set(options.identifier, { text, code: this.createCachedData() });
  }
}

// Jest takes both from here whenever it loads a file.
vm.Script = KeptScript;
vm.SourceTextModule = KeptModule;

export default class Environment extends TestEnvironment {
  async teardown() {
    for (const { file, text, script } of fresh) scripts.set(file, { text, code: script.createCachedData() });
    fresh.clear();
    await super.teardown();
  }
}

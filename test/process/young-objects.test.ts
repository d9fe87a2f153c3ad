import { execFileSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { root } from '../support/run.js';

/** Whether an object is young that is made where many were made before that outlived a collection. `--allow-natives-syntax` lets it ask. */
const isYoung = `
  const kept = new Array(40_000);
  const fill = () => {
    for (let i = 0; i < kept.length; i += 1) kept[i] = [{}, {}, {}];
    return kept.at(-1);
  };
  %PrepareFunctionForOptimization(fill);
  for (let i = 0; i < 10; i += 1) fill();
  %OptimizeFunctionOnNextCall(fill);
  fill();
  console.log(%InYoungGeneration(fill()));`;

/** V8 decides about a place once the young generation is as large as it may get. */
function by(code: string): string {
  const options = ['--max-semi-space-size=1', '--allow-natives-syntax', '--input-type=module'];
  return execFileSync(process.execPath, [...options, '-e', code], { env: {}, encoding: 'utf8' });
}

it('objects are young wherever they are made, which V8 would not have them be by itself', () => {
  expect(by(isYoung)).toBe('false\n');
  const asked = `import { keepObjectsYoung } from '${root}dist/process/young-objects.js'; keepObjectsYoung();`;
  expect(by(asked + isYoung)).toBe('true\n');
});

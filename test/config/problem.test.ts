import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../../src/config/problem.js';
import { UsageError } from '../../src/core/usage-error.js';

describe('the error of a configuration', () => {
  it('is a usage error with a line for each mistake, in the order of the file, once', () => {
    const at = (line: number, column: number, message: string) => ({ line, column, message });
    const error = new ConfigError('f.yaml', [at(2, 3, 'b'), at(2, 1, 'a'), at(10, 1, 'c'), at(2, 3, 'b')]);
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message.split('\n').slice(1)).toEqual(['f.yaml:2:1: a', 'f.yaml:2:3: b', 'f.yaml:10:1: c']);
  });
});

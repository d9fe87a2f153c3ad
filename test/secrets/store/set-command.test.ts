import { describe, expect, it } from '@jest/globals';
import { setCommand } from '../../../src/secrets/store/set-command.js';

describe('the command that sets a secret', () => {
  it.each([
    [undefined, '`keywright secret set db`'],
    ['/etc/keywright.yaml', '`keywright secret set db --config /etc/keywright.yaml`'],
    ["/home/o'neil/$(id) k.yaml", "`keywright secret set db --config '/home/o'\\''neil/$(id) k.yaml'`"],
  ])('names the configuration %j so that a shell takes it for one word', (file, expected) => {
    expect(setCommand('db', file)).toBe(expected);
  });
});

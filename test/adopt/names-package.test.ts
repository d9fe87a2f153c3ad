import { describe, expect, it } from '@jest/globals';
import { namesPackage } from '../../src/adopt/names-package.js';

describe('a command line names a package', () => {
  it.each([
    [['npx', '-y', '@acme/mcp']],
    [['npx', '-y', '@acme/mcp@1.2.3']],
    [['npx', '--package=@acme/mcp']],
    [['node', '/x/node_modules/@acme/mcp/dist/index.js']],
    [['cmd', '/c', 'npx @acme/mcp']],
    [['C:\\x\\@acme/mcp\\index.js']],
  ])('%j', (words) => expect(namesPackage(words, ['other', '@acme/mcp'])).toBe(true));

  it.each([
    [['uvx', 'mcp-acme==1.0']],
    [['uvx', 'mcp-acme[extra]']],
    [['/usr/bin/mcp-acme']],
    [['mcp-acme.exe']],
    [['docker', 'run', 'registry.example.com/x/mcp-acme:latest']],
  ])('%j', (words) => expect(namesPackage(words, ['mcp-acme'])).toBe(true));
});

describe('a command line does not name a package', () => {
  it.each([
    [['npx', '@acme/mcp-other']],
    [['npx', '@evil/@acme-mcp']],
    [['npx', 'x@acme/mcpx']],
    [['node', 'notmcp-acme']],
    [['mcp-acme-evil']],
    [[]],
  ])('%j', (words) => expect(namesPackage(words, ['@acme/mcp', 'mcp-acme'])).toBe(false));
});

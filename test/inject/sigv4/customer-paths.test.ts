import { describe, expect, it } from '@jest/globals';
import { isOverCustomers } from '../../../src/inject/sigv4/customer-paths.js';

const over = (before: string[], label: string, path: string, service = label): boolean =>
  isOverCustomers({ before, label, service, path });

describe('a path that the API of a service would take as well', () => {
  it('is told at the hosts of its customers', () => {
    expect(over(['abc'], 'lambda-url', '/2015-03-31')).toBe(true);
    expect(over(['abc'], 'lambda-url', '///2015-03-31/functions')).toBe(true);
    expect(over(['abc'], 'lambda-url', '/2015-03-31x')).toBe(false);
  });

  it('is none at hosts of the service itself, and of services without such customers', () => {
    expect(over([], 'es', '/2021-01-01/domain')).toBe(false);
    expect(over(['runtime'], 'bedrock-agentcore', '/identities')).toBe(false);
    expect(over(['abc-ats'], 'iot', '/topics/a', 'iotdata')).toBe(false);
    expect(over(['abc'], 'execute-api', '/2015-03-31')).toBe(false);
  });
});

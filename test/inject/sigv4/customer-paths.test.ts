import { describe, expect, it } from '@jest/globals';
import { isOverCustomers } from '../../../src/inject/sigv4/customer-paths.js';

describe('a path that the API of a service would take as well', () => {
  it('is told at the hosts of its customers', () => {
    expect(isOverCustomers(['abc'], 'lambda-url', '/2015-03-31')).toBe(true);
    expect(isOverCustomers(['abc'], 'lambda-url', '///2015-03-31/functions')).toBe(true);
    expect(isOverCustomers(['abc'], 'lambda-url', '/2015-03-31x')).toBe(false);
  });

  it('is none at hosts of the service itself, and of services without such customers', () => {
    expect(isOverCustomers([], 'es', '/2021-01-01/domain')).toBe(false);
    expect(isOverCustomers(['runtime'], 'bedrock-agentcore', '/identities')).toBe(false);
    expect(isOverCustomers(['abc'], 'execute-api', '/2015-03-31')).toBe(false);
  });
});

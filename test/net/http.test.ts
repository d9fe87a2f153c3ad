import * as http from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { createServer, request, ServerResponse, STATUS_CODES } from '../../src/net/http.js';

describe("Node's HTTP", () => {
  it('is the same by `require` as by an import', () => {
    expect(createServer).toBe(http.createServer);
    expect(request).toBe(http.request);
    expect(ServerResponse).toBe(http.ServerResponse);
    expect(STATUS_CODES).toBe(http.STATUS_CODES);
  });
});

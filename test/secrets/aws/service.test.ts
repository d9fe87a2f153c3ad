import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.js';
import type { HttpClient, HttpRequest } from '../../../src/net/client.js';
import { awsService } from '../../../src/secrets/aws/service.js';

describe('a service of AWS', () => {
  it('asks for no JSON of STS, and signs nothing where there are no keys', async () => {
    const sent: HttpRequest[] = [];
    const client: HttpClient = {
      origin: 'sts:443',
      request: (request) => {
        sent.push(request);
        return Promise.resolve({ status: sent.length === 1 ? 200 : 302, headers: new Map(), text: '' });
      },
      close: () => Promise.resolve(),
    };
    const service = awsService({ service: 'sts', region: 'r', address: 'https://sts/', client, clock: systemClock });
    const { signal } = new AbortController();
    await service.ask({ headers: { 'content-type': 'x' }, body: 'b' }, undefined, signal);
    expect(sent[0]).toMatchObject({
      method: 'POST',
      path: '/',
      body: 'b',
      headers: { accept: '*/*', 'content-type': 'x' },
    });
    expect(Object.keys(sent[0]!.headers!)).toEqual(['content-type', 'accept']);
    await expect(service.ask({ headers: {}, body: '' }, undefined, signal)).rejects.toThrow(
      'sts:443 answered with status 302',
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import { Refusal, refusals, type RefusalCode } from '../../src/core/refusal.js';
import { grpcRefusal, isGrpc } from '../../src/proxy/grpc-refusal.js';

const codes = Object.keys(refusals) as RefusalCode[];

describe('a request of gRPC', () => {
  it.each<[string, boolean]>([
    ['application/grpc', true],
    ['application/grpc+proto', true],
    ['Application/GRPC;charset=x', true],
    ['application/grpc-web', false],
    ['application/grpc-web+proto', false],
    ['application/json', false],
    ['', false],
  ])('is one by its content type: %s %s', (contentType, expected) => {
    expect(isGrpc(new HeaderList(['content-type', contentType]))).toBe(expected);
    expect(isGrpc(new HeaderList())).toBe(false);
  });
});

describe('a refusal of gRPC', () => {
  it.each<[RefusalCode, string]>([
    ['bad_request', '3'],
    ['denied', '7'],
    ['authority_mismatch', '7'],
    ['method_refused', '12'],
    ['caller_unknown', '16'],
    ['body_too_large', '8'],
    ['headers_too_large', '8'],
    ['caller_backed_off', '14'],
    ['internal', '13'],
    ['destination_unreachable', '14'],
    ['secret_unavailable', '14'],
    ['destination_timeout', '14'],
  ])('%s has status %s', (code, status) => {
    expect(grpcRefusal(new Refusal(code), 'id')).toMatchObject({ 'grpc-status': status });
  });

  it.each(codes)('%s says its sentence, its code and the id, and is never OK', (code) => {
    const fields = grpcRefusal(new Refusal(code), 'some-id');
    expect(fields['grpc-status']).toMatch(/^[1-9]\d?$/);
    expect(fields['grpc-message']).toBe(`${refusals[code][1]} (${code})`);
    expect(fields['x-keywright-request-id']).toBe('some-id');
    expect(fields['content-type']).toBe('application/grpc');
  });

  it('tells nothing of its cause', () => {
    const refusal = new Refusal('internal', { cause: new Error('inside'), hint: 'for the operator' });
    expect(JSON.stringify(grpcRefusal(refusal, 'id'))).not.toMatch(/inside|operator/);
  });

  it('is percent-encoded where its sentence is more than ASCII', () => {
    const refusal = Object.assign(new Refusal('internal'), { message: '50 % – zu viel\n' });
    expect(grpcRefusal(refusal, 'id')['grpc-message']).toBe('50 %25 %E2%80%93 zu viel%0A (internal)');
  });
});

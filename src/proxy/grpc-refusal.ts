import type { HeaderList } from '../core/header-list.js';
import type { Refusal } from '../core/refusal.js';

/** https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
const grpcStatus = {
  invalidArgument: 3,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/**
 * A refusal's HTTP status → the status that says the same in gRPC. Where https://grpc.github.io/grpc/core/md_doc_http-grpc-status-mapping.html
 * names one, it is that one, but for 400: what that page is for is a server that answers in HTTP, and means the client's library.
 */
const statuses: Readonly<Record<number, number>> = {
  400: grpcStatus.invalidArgument,
  403: grpcStatus.permissionDenied,
  405: grpcStatus.unimplemented,
  407: grpcStatus.unauthenticated,
  413: grpcStatus.resourceExhausted,
  415: grpcStatus.invalidArgument,
  417: grpcStatus.invalidArgument,
  421: grpcStatus.permissionDenied,
  422: grpcStatus.invalidArgument,
  429: grpcStatus.unavailable,
  431: grpcStatus.resourceExhausted,
  500: grpcStatus.internal,
  502: grpcStatus.unavailable,
  503: grpcStatus.unavailable,
  504: grpcStatus.unavailable,
};

/** Whether a request is one of gRPC (https://grpc.github.io/grpc/core/md_doc__p_r_o_t_o_c_o_l-_h_t_t_p2.html): gRPC-Web is not. */
export function isGrpc(headers: HeaderList): boolean {
  return /^application\/grpc(?:$|[+;])/i.test(headers.first('content-type') ?? '');
}

/** The fields of a trailers-only answer, with HTTP status 200: what libraries of gRPC take for an error of the call. */
export function grpcRefusal(refusal: Refusal, id: string): Record<string, string> {
  return {
    'content-type': 'application/grpc',
    'grpc-status': String(statuses[refusal.status] ?? grpcStatus.internal),
    'grpc-message': percentEncoded(`${refusal.message} (${refusal.code})`),
    'x-keywright-request-id': id,
  };
}

/** All but visible ASCII and the space, and the percent sign itself, as the protocol has it. */
function percentEncoded(text: string): string {
  return text.replace(/[^ -$&-~]/gu, (character) =>
    Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

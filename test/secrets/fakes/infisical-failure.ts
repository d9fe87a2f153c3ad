import type { BackendReply } from '../backend-server.js';

/** An error of Infisical's. */
export class Failure extends Error {
  readonly status: number;
  readonly error: string;
  readonly body: string | object[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, error: string, body: string | object[], headers: Readonly<Record<string, string>> = {}) {
    super(error);
    this.status = status;
    this.error = error;
    this.body = body;
    this.headers = headers;
  }

  get reply(): BackendReply {
    const { status, error, body, headers } = this;
    return { status, headers, body: { reqId: 'req-Ab12Cd34Ef56Gh', statusCode: status, message: body, error } };
  }
}

/** What a check of the shape says: its `message` is a list. */
export function malformed(...fields: string[]): Failure {
  const issues = fields.map((path) => ({ code: 'custom', message: 'Invalid input', path: [path] }));
  return new Failure(422, 'ValidationFailure', issues);
}

/**
 * Where on a request a credential stands. Those down to `sigv4` are what the proxy can do; what comes later in the list is declared,
 * so that `run` can say why a service has to wait instead of letting its credential pass.
 */
export type Place =
  | { readonly place: 'header'; readonly name: string }
  | { readonly place: 'basic' }
  | { readonly place: 'query'; readonly name: string }
  /** How the path begins, with `{secret}` in it. */
  | { readonly place: 'path'; readonly template: string }
  | { readonly place: 'cookie'; readonly name: string }
  | { readonly place: 'ws'; readonly pointer: string }
  | { readonly place: 'form'; readonly field: string }
  | { readonly place: 'json'; readonly pointer: string }
  /** A part of the keys that requests to AWS are signed with; only the ID and the session token are sent. */
  | { readonly place: 'sigv4'; readonly part: 'access_key_id' | 'secret_access_key' | 'session_token' }
  /**
   * The secret of a client of OAuth, by which the child fetches access tokens itself: the proxy does in its place. `path` is that of the
   * token endpoint, `clientId` the variable with the client's name, `shape` that of tokens.
   */
  | {
      readonly place: 'token';
      readonly path: string;
      readonly auth: 'basic' | 'post';
      readonly clientId: string;
      readonly shape: string;
      /** Where the token goes, if not into `Authorization`. */
      readonly header?: string;
      /** Answers of the endpoint do not say what type a token is of, though RFC 6749 section 5.1 wants it. */
      readonly untyped?: true;
    }
  /** In a file that the variable names. */
  | { readonly place: 'file' }
  /** Sent in a protocol that is not HTTP. */
  | { readonly place: 'other' };

/** As much of `oidc-provider`, which brings no declarations, as our tests use. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface Model {
    readonly expiration: number;
    readonly tokenType: string;
    save(): Promise<string>;
  }

  export interface Context {
    readonly oidc: { readonly client: object; readonly params: Readonly<Record<string, string | undefined>> };
    body: object;
  }

  export const errors: { readonly InvalidTarget: new () => Error };

  export default class Provider {
    constructor(issuer: string, configuration: object);
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    on(event: string, listener: (...args: unknown[]) => void): this;
    registerGrantType(
      name: string,
      handler: (context: Context, next: () => Promise<void>) => Promise<void>,
      parameters: readonly string[],
    ): void;
    readonly AccessToken: { find(value: string): Promise<{ readonly accountId: string } | undefined> };
    readonly Client: { find(id: string): Promise<object | undefined> };
    readonly Grant: new (of: object) => Model & { addOIDCScope(scope: string): void };
    readonly RefreshToken: new (of: object) => Model;
    readonly ClientCredentials: (new (of: object) => Model) & {
      find(value: string): Promise<{ readonly clientId: string } | undefined>;
    };
  }
}

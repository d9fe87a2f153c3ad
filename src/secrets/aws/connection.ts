import type { HttpAnswer } from '../../net/client.js';
import type { Backend } from '../backend.js';
import type { FetchContext } from '../index.js';
import type { CommonContext } from '../source-context.js';
import { connectTo, type ConnectionOptions } from '../connection-options.js';
import type { CredentialsOption } from './credentials-option.js';
import { AwsFailure } from './failure.js';
import { keySource } from './key-source.js';
import type { AwsKeys } from './keys.js';
import { createPauses } from './pause.js';
import { endpointOf } from './region.js';
import { awsService, type AwsRequest, type AwsService } from './service.js';

/** AWS in one region, as the sources see it. */
export interface AwsBackend extends Backend {
  readonly region: string;
  readonly secretsManager: AwsService;
  readonly sts: AwsService;
  /**
   * Asks a service of this backend with its keys; once more where they turn out to be dead and there are others. Rejects with `AwsFailure`,
   * `ClientError`, a refusal, or the signal's reason.
   */
  ask(service: AwsService, request: AwsRequest, context: FetchContext): Promise<HttpAnswer>;
}

export interface AwsOptions extends ConnectionOptions {
  readonly region: string;
  readonly credentials: CredentialsOption;
  readonly endpoint?: string | undefined;
  readonly sts_endpoint?: string | undefined;
}

export function connectToAws(options: AwsOptions, context: CommonContext): AwsBackend {
  const { region, credentials } = options;
  const { clock, onEvent, name } = context;
  const serviceAt = (service: string, address = endpointOf(service, region)): AwsService =>
    awsService({ service, region, address, client: connectTo(address, options, context), clock });
  const secretsManager = serviceAt('secretsmanager', options.endpoint);
  const sts = serviceAt('sts', options.sts_endpoint);
  const pauses = createPauses(clock);
  const source = keySource(credentials, { context, sts, pauses });
  const refuse = (keys: AwsKeys, failure: AwsFailure): AwsFailure => {
    pauses.begin(source.nameOf(keys), failure);
    onEvent({ event: 'login_failed', backend: name, reason: failure });
    return failure;
  };
  return {
    region,
    secretsManager,
    sts,
    origins: [secretsManager.origin, sts.origin],
    async ask(service, request, fetching) {
      for (let attempt = 1; ; attempt += 1) {
        const keys = await source.keys(fetching, service.origin);
        try {
          return await service.ask(request, keys, fetching.signal);
        } catch (error) {
          if (!(error instanceof AwsFailure) || error.kind !== 'login') throw error;
          const hasOthers = source.discard(keys);
          if (!hasOthers || attempt > 1) throw refuse(keys, error);
        }
      }
    },
    async close() {
      source.close();
      await Promise.all([secretsManager.close(), sts.close()]);
    },
  };
}

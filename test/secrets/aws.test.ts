import { systemClock } from '../../src/core/clock.js';
import { backendOf, environmentOf, placeOf, sourceOf } from './aws/open.js';
import { keepsTheContract } from './backend-contract.js';
import { startBackend, type BackendServer } from './backend-server.js';
import { fakeAws, type FakeAws } from './fakes/aws.js';

const role = 'arn:aws:iam::123456789012:role/agents';
let aws: FakeAws;

async function start(): Promise<BackendServer> {
  aws = fakeAws();
  aws.sameSessions = true;
  aws.rotate('prod/db', { text: JSON.stringify({ username: 'app', password: 'pw-8d1f0c', port: 5432, tags: ['a'] }) });
  aws.roles.set(role, {});
  return startBackend((request) => aws.handler(request));
}

function made(kind: 'aws' | 'sts', options: object) {
  return (server: BackendServer, trust: string) => {
    const context = { environment: environmentOf(aws), clock: systemClock };
    const backend = backendOf({ ...placeOf(server, trust), region: aws.region }, context);
    return { source: sourceOf(backend, kind, options, context), close: () => backend.close() };
  };
}

keepsTheContract('AWS Secrets Manager', {
  start,
  make: made('aws', { secret_id: 'prod/db', format: 'json' }),
  expected: () => ({ username: 'app', password: 'pw-8d1f0c', port: '5432' }),
  secret: () => ['pw-8d1f0c', aws.user.secret, aws.user.id],
});

keepsTheContract('AWS STS', {
  start,
  make: made('sts', { role_arn: role }),
  expected: () => {
    const [{ keys } = { keys: aws.user }] = aws.sessions;
    return { access_key_id: keys.id, secret_access_key: keys.secret, session_token: keys.token ?? '' };
  },
  secret: () =>
    [...aws.keys.values()].flatMap(({ id, secret, token }) => [id, secret, ...(token === undefined ? [] : [token])]),
});

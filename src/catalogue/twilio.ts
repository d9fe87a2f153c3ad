import { matchingArgument } from './argument-rule.js';
import { basic, service } from './service.js';

export const twilio = service({
  name: 'twilio',
  hosts: ['api.twilio.com', '*.twilio.com'],
  places: [basic],
  variables: [
    { name: 'TWILIO_AUTH_TOKEN', shapes: ['<32 hex>'] },
    { name: 'TWILIO_API_SECRET', shapes: ['<32 alnum>'] },
    { name: 'TWILIO_API_KEY_SECRET', shapes: ['<32 alnum>'] },
  ],
  // The names of an account and of a key begin with AC and SK.
  companions: ['TWILIO_ACCOUNT_SID', 'TWILIO_API_KEY', 'TWILIO_API_KEY_SID'],
  packages: ['@twilio-alpha/mcp'],
  arguments: [matchingArgument(/^AC[0-9a-f]{32}\/SK[0-9a-f]{32}:(?<secret>.+)$/i, ['<32 alnum>'])],
  note: 'The server has its key on the command line as accountSid/apiKey:apiSecret; the first two are no secret.',
  minting: {
    rules: [
      {
        name: 'api-keys',
        what: 'API keys and signing keys',
        paths: [
          '/2010-04-01/Accounts/*/Keys/**',
          '/2010-04-01/Accounts/*/SigningKeys/**',
          '/v1/Keys/**',
          '/v1/Credentials/**',
          '/v1/Account/OAuthApps/**',
        ],
      },
      {
        name: 'auth-tokens',
        what: 'auth tokens',
        paths: ['/v1/AuthTokens/**', '/v1/token', '/v1/authorize', '/v2/token', '/oauth/**'],
      },
      {
        name: 'accounts',
        what: 'accounts, which come with an auth token',
        methods: 'all',
        paths: ['/2010-04-01/Accounts', '/2010-04-01/Accounts/*'],
      },
      {
        name: 'sip-credentials',
        what: 'SIP credentials',
        paths: ['/2010-04-01/Accounts/*/SIP/CredentialLists/**', '/v1/Trunks/*/CredentialLists/**'],
      },
    ],
    letThrough:
      'tokens for media relays (Tokens) and for one factor of Verify (AccessTokens), which are good for nothing else and end by themselves',
    read: 'twilio 6.3.1',
  },
});

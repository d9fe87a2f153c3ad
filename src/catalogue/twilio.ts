import { matchingArgument } from './argument-rule.js';
import { basic, service } from './service.js';

export const twilio = service({
  name: 'twilio',
  hosts: ['api.twilio.com', '*.twilio.com'],
  places: [basic],
  variables: [],
  packages: ['@twilio-alpha/mcp'],
  arguments: [matchingArgument(/^AC[0-9a-f]{32}\/SK[0-9a-f]{32}:(?<secret>.+)$/i, ['<32 alnum>'])],
  note: 'The key stands on the command line as accountSid/apiKey:apiSecret; the first two are no secret.',
});

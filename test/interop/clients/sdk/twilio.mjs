// Arguments: a folder that has the package. With an API key where there is one, else with the account's own token.
import { createRequire } from 'node:module';
import { failure, say } from './said.mjs';

const twilio = createRequire(`${process.argv[2]}/index.js`)('twilio');
const { TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET } = process.env;
const client =
  TWILIO_API_SECRET === undefined
    ? twilio()
    : twilio(TWILIO_API_KEY, TWILIO_API_SECRET, { accountSid: TWILIO_ACCOUNT_SID });
const made = await client.messages.create({ from: '+15005550006', to: '+15005550009', body: 'hello & ä' });
const sids = (await client.messages.list({ pageSize: 2 })).map(({ sid }) => sid);
const number = await client.lookups.v2.phoneNumbers('+15005550009').fetch();
say({
  made: made.sid,
  ids: sids,
  number: number.phoneNumber,
  failed: await failure(() => client.messages('MMecho').fetch()),
});

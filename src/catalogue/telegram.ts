import { service } from './service.js';

export const telegram = service({
  name: 'telegram',
  hosts: ['api.telegram.org'],
  places: [
    { place: 'path', template: '/bot{secret}' },
    { place: 'path', template: '/file/bot{secret}' },
  ],
  variables: [{ name: 'TELEGRAM_BOT_TOKEN', shapes: ['<10 digits>:<35 base64url>'] }],
  note: 'The Bot API; files are fetched under /file.',
  minting: {
    rules: [
      {
        name: 'managed-bots',
        what: 'the token of a managed bot',
        paths: ['/*/getManagedBotToken', '/*/replaceManagedBotToken'],
      },
    ],
    read: 'memory',
    unseen: 'links that invite to a chat and links to pay are no credentials of the account',
  },
  readOnly: { none: 'every method of the Bot API can be called by GET, those that send too' },
});

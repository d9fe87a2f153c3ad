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
});

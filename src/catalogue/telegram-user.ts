import { anyShape, service } from './service.js';

export const telegramUser = service({
  name: 'telegram-user',
  hosts: [],
  places: [{ place: 'other' }],
  variables: [
    { name: 'TELEGRAM_API_HASH', shapes: ['<32 hex>'] },
    { name: 'TELEGRAM_SESSION_STRING', shapes: anyShape },
  ],
  companions: ['TELEGRAM_API_ID'],
  packages: ['telegram-mcp'],
  note: 'MTProto over raw TCP.',
  minting: { none: 'MTProto is not HTTP, and does not pass here' },
});

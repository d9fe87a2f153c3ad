import { authorization, service } from './service.js';

export const huggingFace = service({
  name: 'hugging-face',
  hosts: ['huggingface.co'],
  places: [authorization],
  variables: [
    { name: 'HF_TOKEN', shapes: ['hf_<34 alnum>'] },
    { name: 'DEFAULT_HF_TOKEN', shapes: ['hf_<34 alnum>'] },
  ],
  packages: ['@llmindset/hf-mcp-server'],
  note: 'Spaces under hf.space belong to anybody, so the token does not go there.',
  minting: {
    rules: [
      { name: 'oauth-tokens', what: 'OAuth tokens', paths: ['/oauth/token', '/oauth/device', '/oauth/register'] },
      {
        name: 'user-tokens',
        what: 'tokens and keys of a user',
        paths: ['/api/settings/**', '/settings/tokens/**', '/settings/keys/**'],
      },
    ],
    read: 'memory',
    letThrough:
      'secrets put into a space, which no answer shows again, and short-lived tokens for the storage of one repository (xet-read-token), by which its client downloads',
  },
});

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
});

import { optionArgument } from './argument-rule.js';
import { anyShape, authorization, header, service } from './service.js';

const keys = ['figd_<40 base64url>'];

export const figma = service({
  name: 'figma',
  hosts: ['api.figma.com', 'mcp.figma.com'],
  places: [header('x-figma-token')],
  variables: [
    { name: 'FIGMA_API_KEY', shapes: keys },
    { name: 'FIGMA_OAUTH_TOKEN', shapes: anyShape, places: [authorization] },
  ],
  packages: ['figma-developer-mcp'],
  arguments: [optionArgument(['--figma-api-key'], keys)],
});

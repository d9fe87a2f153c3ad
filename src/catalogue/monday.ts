import { optionArgument } from './argument-rule.js';
import { authorization, jwtShape, service } from './service.js';

export const monday = service({
  name: 'monday',
  hosts: ['api.monday.com', 'monday-apps-ms.monday.com'],
  places: [authorization],
  variables: [{ name: 'monday_token', shapes: jwtShape }],
  packages: ['@mondaydotcomorg/monday-api-mcp'],
  arguments: [optionArgument(['-t', '--token'], jwtShape)],
  note: 'The variable is in lower case; the token is sent without a scheme.',
  minting: {
    none: 'everything is GraphQL at one path (/v2), so nothing is told apart; tokens are made in the browser only (from memory)',
  },
});

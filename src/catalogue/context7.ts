import { optionArgument } from './argument-rule.js';
import { authorization, service } from './service.js';

const keys = ['ctx7sk-<8 hex>-<4 hex>-<4 hex>-<4 hex>-<12 hex>'];

export const context7 = service({
  name: 'context7',
  hosts: ['context7.com', 'mcp.context7.com'],
  hostsFrom: [{ variable: 'CONTEXT7_API_URL' }],
  places: [authorization],
  variables: [{ name: 'CONTEXT7_API_KEY', shapes: keys }],
  companions: ['CONTEXT7_API_URL'],
  packages: ['@upstash/context7-mcp'],
  arguments: [optionArgument(['--api-key'], keys)],
  minting: {
    none: 'the API serves documentation; keys are made in the browser only (from memory)',
  },
});

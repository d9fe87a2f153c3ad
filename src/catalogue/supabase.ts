import { optionArgument } from './argument-rule.js';
import { authorization, service } from './service.js';

export const supabase = service({
  name: 'supabase',
  hosts: ['api.supabase.com'],
  places: [authorization],
  variables: [{ name: 'SUPABASE_ACCESS_TOKEN', shapes: ['sbp_<40 hex>'] }],
  packages: ['@supabase/mcp-server-supabase'],
  arguments: [optionArgument(['--access-token'], ['sbp_<40 hex>'])],
});

import { optionArgument } from './argument-rule.js';
import { authorization, basic, service } from './service.js';

const keys = ['sk_test_<99 alnum>', 'sk_live_<99 alnum>', 'rk_test_<99 alnum>', 'rk_live_<99 alnum>'];

export const stripe = service({
  name: 'stripe',
  hosts: ['mcp.stripe.com', 'api.stripe.com'],
  places: [authorization],
  sometimes: [basic],
  variables: [
    { name: 'STRIPE_SECRET_KEY', shapes: keys },
    { name: 'STRIPE_API_KEY', shapes: keys },
  ],
  packages: ['@stripe/mcp'],
  arguments: [optionArgument(['--api-key'], keys)],
  note: 'The server checks that the key begins with sk_ or rk_.',
});

import { optionArgument } from './argument-rule.js';
import { authorization, basic, service, under } from './service.js';

const keys = ['sk_test_<99 alnum>', 'sk_live_<99 alnum>', 'rk_test_<99 alnum>', 'rk_live_<99 alnum>'];

export const stripe = service({
  name: 'stripe',
  hosts: ['mcp.stripe.com', 'api.stripe.com', 'files.stripe.com'],
  places: [authorization],
  sometimes: [basic],
  variables: [
    { name: 'STRIPE_SECRET_KEY', shapes: keys },
    { name: 'STRIPE_API_KEY', shapes: keys },
  ],
  packages: ['@stripe/mcp'],
  arguments: [optionArgument(['--api-key'], keys)],
  note: 'The server checks that the key begins with sk_ or rk_.',
  minting: {
    rules: [
      { name: 'ephemeral-keys', what: 'ephemeral keys', paths: ['/v1/ephemeral_keys/**'] },
      {
        name: 'webhooks',
        what: 'secrets of webhooks',
        paths: ['/v1/webhook_endpoints/**', '/v2/core/event_destinations/**'],
      },
      {
        name: 'connect-links',
        what: 'links and sessions that sign an account in',
        paths: ['/v1/account_links', '/v2/core/account_links', '/v1/account_sessions', '/v1/accounts/*/login_links'],
      },
      { name: 'app-secrets', what: 'secrets of apps', methods: 'all', paths: ['/v1/apps/secrets/**'] },
      { name: 'api-keys', what: 'API keys', paths: ['/v1/api_keys/**', '/v2/iam/api_keys/**'] },
    ],
    letThrough:
      "what is of one customer, reader or meter and ends by itself: sessions of the customer portal and of Checkout, customer sessions, connection tokens of readers, sessions for meter events. An ephemeral key is not: it may show a card's number. And links to files, which are no credential",
    read: 'stripe 23.1.0; API keys from memory',
    unseen: 'mcp.stripe.com takes a tool name in the body',
  },
  // Left out: files, reports and Sigma (bulk), issuing (card numbers), identity (documents), treasury, forwarding, apps.
  readOnly: {
    hosts: ['api.stripe.com'],
    paths: under(
      ['/v1'],
      [
        '/account',
        '/balance',
        ...under(
          [
            '/balance_transactions',
            '/charges',
            '/coupons',
            '/credit_notes',
            '/customers',
            '/disputes',
            '/events',
            '/invoices',
            '/invoiceitems',
            '/payment_intents',
            '/payment_links',
            '/payouts',
            '/plans',
            '/prices',
            '/products',
            '/promotion_codes',
            '/quotes',
            '/refunds',
            '/subscription_items',
            '/subscriptions',
            '/tax_rates',
            '/transfers',
          ],
          ['', '/*'],
        ),
        '/charges/search',
        '/customers/search',
        '/invoices/search',
        '/payment_intents/search',
        '/prices/search',
        '/products/search',
        '/subscriptions/search',
        '/customers/*/balance_transactions',
        '/invoices/*/lines',
      ],
    ),
    read: 'stripe 23.1.0',
    shows:
      'the client secret of a payment intent, with which that one payment can be confirmed, and the address of an invoice that its customer is sent',
    leftOut: 'files, reports, card numbers (issuing), identity documents, sources and tokens, apps, webhooks',
  },
});

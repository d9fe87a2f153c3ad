import { describe, expect, it } from '@jest/globals';
import { services } from '../../src/catalogue/services.js';
import { deciding, hostsOf, named, outcome, ownHost } from './deciding.js';

const cloudflare = 'https://api.cloudflare.com/client/v4';
const gitlab = 'https://gitlab.com/api/v4';
const twilio = 'https://api.twilio.com/2010-04-01/Accounts/AC1';

/** Requests as the services' own manuals have them; none of these is made from the patterns. */
const minting: readonly (readonly [service: string, method: string, url: string])[] = [
  ['airtable', 'POST', 'https://api.airtable.com/v0/bases/app1/webhooks'],
  ['anthropic', 'POST', 'https://api.anthropic.com/v1/organizations/api_keys/apikey_1'],
  ['anthropic', 'POST', 'https://api.anthropic.com/v1/organizations/service_accounts'],
  ['anthropic', 'GET', 'https://api.anthropic.com/v1/tunnels/t1/reveal_token'],
  ['anthropic', 'POST', 'https://api.anthropic.com/v1/vaults/v1/credentials'],
  ['anthropic', 'POST', 'https://api.anthropic.com/api/oauth/claude_cli/create_api_key'],
  ['asana', 'POST', 'https://app.asana.com/-/oauth_token'],
  ['atlassian', 'POST', `https://${ownHost}/rest/pat/latest/tokens`],
  ['atlassian', 'POST', `https://${ownHost}/jira/rest/auth/1/session`],
  ['aws', 'POST', 'https://iam.amazonaws.com/'],
  ['aws', 'GET', 'https://sts.amazonaws.com/?Action=GetSessionToken&Version=2011-06-15'],
  ['aws', 'POST', 'https://sts.eu-central-1.amazonaws.com/'],
  ['azure-devops', 'POST', 'https://vssps.dev.azure.com/acme/_apis/tokens/pats?api-version=7.1-preview.1'],
  ['bright-data', 'POST', 'https://api.brightdata.com/zone'],
  ['bright-data', 'GET', 'https://api.brightdata.com/zone/passwords?zone=a'],
  ['circleci', 'POST', 'https://circleci.com/api/v2/project/gh/acme/site/checkout-key'],
  ['circleci', 'POST', 'https://circleci.com/api/v2/project/gh%2Facme%2Fsite/checkout-key'],
  ['circleci', 'PUT', 'https://circleci.com/api/v2/context/c1/environment-variable/NAME'],
  ['cloudflare', 'POST', `${cloudflare}/user/tokens`],
  ['cloudflare', 'PUT', `${cloudflare}/user/tokens/t1/value`],
  ['cloudflare', 'POST', `${cloudflare}/accounts/a1/tokens`],
  ['cloudflare', 'POST', `${cloudflare}/accounts/a1/access/service_tokens`],
  ['cloudflare', 'POST', `${cloudflare}/accounts/a1/r2/temp-access-credentials`],
  ['cloudflare', 'GET', `${cloudflare}/accounts/a1/cfd_tunnel/t1/token`],
  ['cloudflare', 'PUT', `${cloudflare}/accounts/a1/workers/scripts/s1/secrets`],
  ['discord', 'POST', 'https://discord.com/api/v10/channels/1/webhooks'],
  ['discord', 'GET', 'https://discord.com/api/v10/channels/1/webhooks'],
  ['discord', 'GET', 'https://discord.com/api/webhooks/1'],
  ['discord', 'POST', 'https://discord.com/api/oauth2/token'],
  ['elasticsearch', 'POST', `https://${ownHost}/_security/api_key`],
  ['elasticsearch', 'PUT', `https://${ownHost}/_security/api_key/grant`],
  ['elasticsearch', 'POST', `https://${ownHost}/_security/service/elastic/fleet-server/credential/token/t1`],
  ['elasticsearch', 'GET', `https://${ownHost}/_security/enroll/kibana`],
  ['exa', 'POST', 'https://api.exa.ai/team-management/api-keys'],
  ['figma', 'POST', 'https://api.figma.com/v1/oauth/token'],
  ['github', 'POST', 'https://api.github.com/repos/acme/site/keys'],
  ['github', 'POST', 'https://api.github.com/user/keys'],
  ['github', 'POST', 'https://api.github.com/user/gpg_keys'],
  ['github', 'POST', 'https://api.github.com/user/ssh_signing_keys'],
  ['github', 'POST', 'https://api.github.com/app/installations/1/access_tokens'],
  ['github', 'POST', 'https://api.github.com/applications/c1/token/scoped'],
  ['github', 'PATCH', 'https://api.github.com/applications/c1/token'],
  ['github', 'POST', 'https://api.github.com/authorizations'],
  ['github', 'POST', 'https://api.github.com/orgs/acme/actions/runners/registration-token'],
  ['github', 'POST', 'https://api.github.com/repos/acme/site/actions/runners/generate-jitconfig'],
  ['github', 'PUT', 'https://api.github.com/repos/acme/site/actions/secrets/NAME'],
  ['github', 'PUT', 'https://api.github.com/repos/acme/site/environments/live/secrets/NAME'],
  ['github', 'PUT', 'https://api.github.com/orgs/acme/dependabot/secrets/NAME'],
  ['github', 'POST', 'https://api.github.com/orgs/acme/personal-access-token-requests/1'],
  ['github', 'POST', 'https://github.com/login/oauth/access_token'],
  ['gitlab', 'POST', `${gitlab}/projects/1/access_tokens`],
  ['gitlab', 'POST', `${gitlab}/projects/acme%2Fsite/access_tokens`],
  ['gitlab', 'POST', `${gitlab}/groups/1/access_tokens/2/rotate`],
  ['gitlab', 'POST', `${gitlab}/users/1/personal_access_tokens`],
  ['gitlab', 'POST', `${gitlab}/user/personal_access_tokens`],
  ['gitlab', 'POST', `${gitlab}/personal_access_tokens/self/rotate`],
  ['gitlab', 'POST', `${gitlab}/users/1/impersonation_tokens`],
  ['gitlab', 'POST', `${gitlab}/projects/1/deploy_tokens`],
  ['gitlab', 'POST', `${gitlab}/projects/1/deploy_keys`],
  ['gitlab', 'POST', `${gitlab}/user/keys`],
  ['gitlab', 'GET', `${gitlab}/projects/1/variables`],
  ['gitlab', 'GET', `${gitlab}/projects/acme%2Fsite/triggers/1`],
  ['gitlab', 'POST', `${gitlab}/user/runners`],
  ['gitlab', 'POST', 'https://gitlab.com/oauth/token'],
  ['gmail', 'POST', 'https://gmail.googleapis.com/gmail/v1/users/me/settings/delegates'],
  ['gmail', 'POST', 'https://gmail.googleapis.com/batch/gmail/v1'],
  ['grafana', 'POST', `https://${ownHost}/api/serviceaccounts/1/tokens`],
  ['grafana', 'POST', `https://${ownHost}/grafana/api/auth/keys`],
  ['hubspot', 'POST', 'https://api.hubapi.com/oauth/v1/token'],
  ['hugging-face', 'POST', 'https://huggingface.co/oauth/token'],
  ['intercom', 'POST', 'https://api.intercom.io/auth/eagle/token'],
  ['linear', 'POST', 'https://api.linear.app/oauth/token'],
  ['mailgun', 'POST', 'https://api.mailgun.net/v1/keys'],
  ['mailgun', 'POST', 'https://api.eu.mailgun.net/v3/domains/example.com/credentials'],
  ['mapbox', 'POST', 'https://api.mapbox.com/tokens/v2/acme'],
  ['mapbox', 'GET', 'https://api.mapbox.com/tokens/v2/acme'],
  ['mongodb-atlas', 'POST', 'https://cloud.mongodb.com/api/atlas/v2/orgs/o1/apiKeys'],
  ['mongodb-atlas', 'POST', 'https://cloud.mongodb.com/api/atlas/v2/orgs/o1/serviceAccounts/s1/secrets'],
  ['netlify', 'POST', 'https://api.netlify.com/oauth/tickets/t1/exchange'],
  ['netlify', 'GET', 'https://api.netlify.com/api/v1/accounts/a1/env'],
  ['notion', 'POST', 'https://api.notion.com/v1/oauth/token'],
  ['openai', 'POST', 'https://api.openai.com/v1/organization/admin_api_keys'],
  ['openai', 'POST', 'https://api.openai.com/v1/organization/projects/p1/service_accounts'],
  ['openai', 'POST', 'https://api.openai.com/v1/realtime/client_secrets'],
  ['perplexity', 'POST', 'https://api.perplexity.ai/generate_auth_token'],
  ['postman', 'GET', 'https://api.postman.com/collection-access-keys'],
  ['replicate', 'GET', 'https://api.replicate.com/v1/webhooks/default/secret'],
  ['sendgrid', 'POST', 'https://api.sendgrid.com/v3/api_keys'],
  ['sendgrid', 'PUT', 'https://api.sendgrid.com/v3/api_keys/k1'],
  ['sentry', 'POST', 'https://sentry.io/api/0/api-tokens/'],
  ['sentry', 'POST', 'https://acme.sentry.io/api/0/projects/acme/site/keys/'],
  ['shopify', 'POST', `https://${ownHost}/admin/api/2026-07/storefront_access_tokens.json`],
  ['slack', 'POST', 'https://slack.com/api/oauth.v2.access'],
  ['slack', 'GET', 'https://slack.com/api/tooling.tokens.rotate?refresh_token=x'],
  ['slack', 'POST', 'https://slack.com/api/apps.manifest.create'],
  ['square', 'POST', 'https://connect.squareup.com/oauth2/token'],
  ['stripe', 'POST', 'https://api.stripe.com/v1/ephemeral_keys'],
  ['stripe', 'POST', 'https://api.stripe.com/v1/webhook_endpoints'],
  ['stripe', 'POST', 'https://api.stripe.com/v1/account_links'],
  ['stripe', 'GET', 'https://api.stripe.com/v1/apps/secrets/find?name=x'],
  ['supabase', 'GET', 'https://api.supabase.com/v1/projects/p1/api-keys?reveal=true'],
  ['supabase', 'POST', 'https://api.supabase.com/v1/projects/p1/secrets'],
  ['tavily', 'POST', 'https://api.tavily.com/generate-keys'],
  ['telegram', 'POST', 'https://api.telegram.org/bot1:x/getManagedBotToken'],
  ['trello', 'GET', 'https://api.trello.com/1/batch?urls=/tokens/x'],
  ['trello', 'POST', 'https://api.trello.com/1/OAuthGetAccessToken'],
  ['twilio', 'POST', `${twilio}/Keys.json`],
  ['twilio', 'POST', `${twilio}/SigningKeys.json`],
  ['twilio', 'POST', `${twilio}/Tokens.json`],
  ['twilio', 'GET', 'https://api.twilio.com/2010-04-01/Accounts/AC1.json'],
  ['twilio', 'POST', 'https://iam.twilio.com/v1/Keys'],
  ['twilio', 'POST', 'https://accounts.twilio.com/v1/AuthTokens/Secondary'],
  ['zendesk', 'POST', `https://${ownHost}/api/v2/oauth/tokens.json`],
  ['zendesk', 'GET', `https://${ownHost}/api/v2/webhooks/w1/signing_secret`],
];

const everything = (name: string, unsafe: readonly string[] = []) =>
  deciding([{ hosts: hostsOf(named(name)), service: name }], unsafe);

describe('a request for a new credential, under a policy that allows everything', () => {
  it.each(minting)('is denied: %s, %s %s', (name, method, url) => {
    expect(outcome(everything(name), method, url)).toBe('denied');
    expect(outcome(everything(name, [name]), method, url)).toBe('allowed');
    expect(
      outcome(
        everything(
          name,
          ['context7', 'figma'].filter((other) => other !== name),
        ),
        method,
        url,
      ),
    ).toBe('denied');
  });

  it.each(minting)('is not dodged by how it is written: %s, %s %s', (name, method, url) => {
    const rules = everything(name);
    const { origin, pathname } = new URL(url);
    const last = pathname.slice(pathname.lastIndexOf('/') + 1);
    const ways = [
      `${pathname}/`,
      `/${pathname}`,
      pathname.toUpperCase(),
      pathname.replace(/(?<=\/)[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
      `${pathname};v=1`,
      `${pathname}?_method=GET`,
      `${pathname}%00`,
      `/.${pathname}`,
      `${pathname}/../${last}`,
      pathname.replaceAll('/', '%2F').replace('%2F', '/'),
    ];
    for (const way of ways) expect([way, outcome(rules, method, origin + way)]).not.toEqual([way, 'allowed']);
    expect(outcome(rules, method.toLowerCase(), url)).toBe('denied');
  });

  it('is there for every service that has rules', () => {
    const rules = services.filter(({ minting: found }) => 'rules' in found).map(({ name }) => name);
    expect([...new Set(minting.map(([name]) => name))].sort()).toEqual([...rules].sort());
  });
});

describe('what is no request for a credential', () => {
  it.each([
    ['anthropic', 'POST', 'https://api.anthropic.com/v1/messages'],
    ['aws', 'PUT', 'https://bucket.s3.amazonaws.com/a;b//c%252F'],
    ['cloudflare', 'PUT', `${cloudflare}/zones/z1/dns_records/r1`],
    ['discord', 'POST', 'https://discord.com/api/v10/channels/1/messages'],
    ['discord', 'POST', 'https://discord.com/api/webhooks/1/token'],
    ['github', 'GET', 'https://api.github.com/user/keys'],
    ['github', 'PUT', 'https://api.github.com/repos/acme/site/contents/src/user/keys'],
    ['github', 'PUT', 'https://api.github.com/repos/acme/site/contents/config%2Fuser%2Fkeys.json'],
    ['github', 'POST', 'https://api.github.com/graphql'],
    ['github', 'POST', 'https://github.com/acme/site.git/git-receive-pack'],
    ['gitlab', 'POST', `${gitlab}/projects/acme%2Fsite/issues`],
    ['gitlab', 'POST', `${gitlab}/projects/acme%2Fsite/repository/files/src%2Foauth%2Ftoken.rb`],
    ['hubspot', 'POST', 'https://api.hubapi.com/oauth/v2/private-apps/get/access-token-info'],
    ['openai', 'POST', 'https://api.openai.com/v1/chat/completions'],
    ['slack', 'POST', 'https://slack.com/api/chat.postMessage'],
    ['stripe', 'POST', 'https://api.stripe.com//v1/payment_intents'],
    ['twilio', 'POST', `${twilio}/Messages.json`],
  ])('is let through: %s, %s %s', (name, method, url) => {
    expect(outcome(everything(name), method, url)).toBe('allowed');
  });
});

describe('where the rules hold', () => {
  const keys = 'https://api.github.com/repos/a/b/keys';

  it('wherever a policy sends a credential, by a wildcard or to another port too', () => {
    expect(outcome(deciding([{ hosts: ['*.github.com'] }]), 'POST', keys)).toBe('denied');
    const port = 'https://api.github.com:8443';
    expect(outcome(deciding([{ hosts: ['api.github.com:8443'] }]), 'POST', `${port}/user/keys`)).toBe('denied');
    expect(outcome(deciding([{ hosts: ['*.github.com:8443'] }]), 'POST', `${port}/user/keys`)).toBe('denied');
    expect(outcome(deciding([{ hosts: ['sts.amazonaws.com'] }]), 'POST', 'https://sts.amazonaws.com/')).toBe('denied');
    expect(
      outcome(deciding([{ hosts: ['*.eu-west-1.amazonaws.com'] }]), 'POST', 'https://sts.eu-west-1.amazonaws.com/'),
    ).toBe('denied');
  });

  it('at an instance of one’s own that a policy says is of the service', () => {
    const url = `https://${ownHost}/api/v4/projects/1/access_tokens`;
    expect(outcome(deciding([{ hosts: [ownHost], service: 'gitlab' }]), 'POST', url)).toBe('denied');
    expect(outcome(deciding([{ hosts: [ownHost] }]), 'POST', url)).toBe('allowed');
  });

  it('nowhere else: neither where no credential goes, nor for clients that are given none', () => {
    expect(outcome(deciding([{ hosts: ['api.github.com'], inject: [] }]), 'POST', keys)).toBe('allowed');
    const rules = deciding([
      { hosts: ['api.github.com'], clients: ['agent'] },
      { name: 'own', hosts: ['api.github.com'], clients: ['desk'], inject: [] },
    ]);
    expect([outcome(rules, 'POST', keys, 'agent'), outcome(rules, 'POST', keys, 'desk')]).toEqual([
      'denied',
      'allowed',
    ]);
  });

  it('and so not in the way of a tunnel for others', () => {
    const rules = deciding([
      { hosts: ['api.github.com'], clients: ['agent'] },
      { name: 'tunnel', hosts: ['api.github.com'], clients: ['desk'], inject: [], action: 'tunnel' },
    ]);
    const authority = { host: 'api.github.com', port: 443, kind: 'name' } as const;
    expect(rules.decideTunnel({ client: 'desk' }, authority).policy).toBe('tunnel');
  });

  it('by one rule for a host, however many clients have a policy of their own', () => {
    const clients = Array.from({ length: 500 }, (_, index) => `c${index}`);
    const rules = deciding(clients.map((client) => ({ name: client, hosts: ['api.github.com'], clients: [client] })));
    const { rules: reports } = rules.explain(
      { client: 'c7' },
      { scheme: 'https', authority: { host: 'api.github.com', port: 443, kind: 'name' } },
      'GET',
      '/',
    );
    expect(reports.filter(({ list }) => list === 'deny').length).toBeLessThan(12);
    expect(outcome(rules, 'POST', keys, 'c499')).toBe('denied');
  });
});

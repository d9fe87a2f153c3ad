import { describe, expect, it } from '@jest/globals';
import { isReviewedHost, readOnlyOf, readsOf } from '../../src/catalogue/read-only.js';
import { services } from '../../src/catalogue/services.js';
import type { Service } from '../../src/catalogue/service.js';
import { parseHostPattern } from '../../src/policy/host-pattern.js';
import { deciding, named, outcome, ownHost } from './deciding.js';

const reviewed = services.filter((service) => 'hosts' in readOnlyOf(service));

function variantOf(service: Service) {
  const variant = readOnlyOf(service);
  if ('none' in variant) throw new TypeError(service.name);
  return variant;
}

const hostsOf = (service: Service): readonly string[] => {
  const { hosts } = variantOf(service);
  return hosts.length === 0 ? [ownHost] : hosts;
};

/** Without the rules on new credentials, which would hide what the list itself lets through. */
const reading = (service: Service) =>
  deciding([{ hosts: hostsOf(service), service: service.name, access: 'read-only' }], [service.name]);

const github = 'https://api.github.com';
const gitlab = 'https://gitlab.com/api/v4';
const slack = 'https://slack.com/api';
const notion = 'https://api.notion.com/v1';
const stripe = 'https://api.stripe.com/v1';
const cloudflare = 'https://api.cloudflare.com/client/v4';
const discord = 'https://discord.com/api/v10';
const own = `https://${ownHost}`;

describe('what does not read, shows credentials or hands out data in bulk', () => {
  it.each([
    ['anthropic', 'POST', 'https://api.anthropic.com/v1/messages'],
    ['anthropic', 'GET', 'https://api.anthropic.com/v1/files'],
    ['asana', 'GET', 'https://app.asana.com/api/1.0/workspaces/1/users'],
    ['asana', 'POST', 'https://app.asana.com/api/1.0/batch'],
    ['atlassian', 'POST', `${own}/rest/api/3/issue`],
    ['atlassian', 'GET', `${own}/rest/api/3/auditing/record`],
    ['atlassian', 'GET', `${own}/rest/api/3/users/search`],
    ['atlassian', 'GET', `${own}/rest/api/3/attachment/content/1`],
    ['atlassian', 'GET', `${own}/rest/api/content/1/child/attachment/2/download`],
    ['brave-search', 'POST', 'https://api.search.brave.com/res/v1/web/search'],
    ['cloudflare', 'GET', `${cloudflare}/accounts/a1/workers/scripts/s1`],
    ['cloudflare', 'GET', `${cloudflare}/accounts/a1/pages/projects`],
    ['cloudflare', 'GET', `${cloudflare}/accounts/a1/pages/projects/p1`],
    ['cloudflare', 'GET', `${cloudflare}/accounts/a1/audit_logs`],
    ['cloudflare', 'DELETE', `${cloudflare}/zones/z1`],
    ['discord', 'GET', `${discord}/channels/1/webhooks`],
    ['discord', 'GET', `${discord}/guilds/1/audit-logs`],
    ['discord', 'GET', `${discord}/guilds/1/members`],
    ['discord', 'POST', `${discord}/channels/1/messages`],
    ['exa', 'POST', 'https://api.exa.ai/research/v1'],
    ['figma', 'POST', 'https://api.figma.com/v1/files/f1/comments'],
    ['figma', 'GET', 'https://api.figma.com/v2/webhooks'],
    ['firecrawl', 'POST', 'https://api.firecrawl.dev/v2/crawl'],
    ['github', 'POST', `${github}/graphql`],
    ['github', 'POST', `${github}/repos/acme/site/issues`],
    ['github', 'GET', `${github}/repos/acme/site/actions/runs/1/logs`],
    ['github', 'GET', `${github}/repos/acme/site/actions/artifacts/1/zip`],
    ['github', 'GET', `${github}/repos/acme/site/tarball/main`],
    ['github', 'GET', `${github}/repos/acme/site/keys`],
    ['github', 'GET', `${github}/repos/acme/site/hooks`],
    ['github', 'GET', `${github}/repos/acme/site/secret-scanning/alerts`],
    ['github', 'GET', `${github}/orgs/acme/members`],
    ['github', 'GET', `${github}/user/keys`],
    ['gitlab', 'GET', `${gitlab}/projects/1`],
    ['gitlab', 'GET', `${gitlab}/projects/1/merge_requests/2/merge_ref`],
    ['gitlab', 'GET', `${gitlab}/projects/1/variables`],
    ['gitlab', 'GET', `${gitlab}/projects/1/jobs/2/trace`],
    ['gitlab', 'GET', `${gitlab}/projects/1/jobs/2/artifacts`],
    ['gitlab', 'GET', `${gitlab}/projects/1/repository/archive.zip`],
    ['gitlab', 'GET', `${gitlab}/personal_access_tokens`],
    ['gitlab', 'POST', 'https://gitlab.com/api/graphql'],
    ['google-maps', 'POST', 'https://maps.googleapis.com/maps/api/geocode/json'],
    ['grafana', 'GET', `${own}/api/datasources/proxy/1/api/v1/query`],
    ['grafana', 'GET', `${own}/api/v1/provisioning/contact-points`],
    ['grafana', 'GET', `${own}/api/org/users`],
    ['grafana', 'POST', `${own}/api/ds/query`],
    ['hubspot', 'POST', 'https://api.hubapi.com/crm/v3/objects/contacts'],
    ['hubspot', 'POST', 'https://api.hubapi.com/crm/v3/objects/contacts/batch/read'],
    ['hubspot', 'POST', 'https://api.hubapi.com/crm/v3/exports/export/async'],
    ['intercom', 'GET', 'https://api.intercom.io/contacts'],
    ['intercom', 'POST', 'https://api.intercom.io/conversations/1/reply'],
    ['notion', 'PATCH', `${notion}/pages/p1`],
    ['notion', 'POST', `${notion}/pages`],
    ['notion', 'GET', `${notion}/users`],
    ['openai', 'POST', 'https://api.openai.com/v1/responses'],
    ['openai', 'GET', 'https://api.openai.com/v1/files'],
    ['perplexity', 'POST', 'https://api.perplexity.ai/async/chat/completions'],
    ['replicate', 'POST', 'https://api.replicate.com/v1/predictions'],
    ['replicate', 'GET', 'https://api.replicate.com/v1/webhooks/default/secret'],
    ['sendgrid', 'POST', 'https://api.sendgrid.com/v3/mail/send'],
    ['sendgrid', 'GET', 'https://api.sendgrid.com/v3/marketing/contacts'],
    ['sentry', 'GET', 'https://sentry.io/api/0/projects/acme/site/'],
    ['sentry', 'GET', 'https://sentry.io/api/0/projects/acme/site/keys/'],
    ['sentry', 'PUT', 'https://sentry.io/api/0/issues/1/'],
    ['slack', 'POST', `${slack}/chat.postMessage`],
    ['slack', 'POST', `${slack}/search.messages`],
    ['slack', 'POST', `${slack}/conversations.open`],
    ['slack', 'GET', `${slack}/files.info`],
    ['slack', 'GET', `${slack}/team.accessLogs`],
    ['stripe', 'POST', `${stripe}/customers`],
    ['stripe', 'GET', `${stripe}/issuing/cards/c1`],
    ['stripe', 'GET', `${stripe}/files`],
    ['stripe', 'GET', `${stripe}/webhook_endpoints`],
    ['tavily', 'POST', 'https://api.tavily.com/crawl'],
  ])('is not in the list: %s, %s %s', (name, method, url) => {
    expect(outcome(reading(named(name)), method, url)).toBe('no_policy');
  });

  it('is not let in by a path that reads two ways', () => {
    const rules = reading(named('github'));
    expect(outcome(rules, 'GET', `${github}/repos/a/b/contents/../keys`)).toBe('bad_path');
    expect(outcome(rules, 'GET', `${github}/repos/a/b/contents/%2e%2e/keys`)).toBe('bad_path');
  });
});

describe('what reads', () => {
  it.each([
    ['anthropic', 'GET', 'https://api.anthropic.com/v1/models'],
    ['asana', 'GET', 'https://app.asana.com/api/1.0/tasks/1'],
    ['atlassian', 'GET', `${own}/rest/api/3/issue/ACME-1`],
    ['atlassian', 'GET', `${own}/rest/api/3/search/jql?jql=project%3DACME`],
    ['atlassian', 'GET', `${own}/wiki/api/v2/pages/1`],
    ['brave-search', 'GET', 'https://api.search.brave.com/res/v1/web/search?q=a'],
    ['cloudflare', 'GET', `${cloudflare}/zones/z1/dns_records`],
    ['discord', 'GET', `${discord}/channels/1/messages?limit=5`],
    ['exa', 'POST', 'https://api.exa.ai/search'],
    ['figma', 'GET', 'https://api.figma.com/v1/files/f1/nodes?ids=1'],
    ['firecrawl', 'POST', 'https://api.firecrawl.dev/v2/scrape'],
    ['github', 'GET', `${github}/repos/acme/site/contents/src/main.ts?ref=main`],
    ['github', 'HEAD', `${github}/repos/acme/site`],
    ['github', 'GET', `${github}/repos/acme/site/pulls/1/files`],
    ['github', 'GET', `${github}/search/issues?q=a`],
    ['gitlab', 'GET', `${gitlab}/projects/1/merge_requests/2/changes`],
    ['google-maps', 'GET', 'https://maps.googleapis.com/maps/api/geocode/json?address=a'],
    ['grafana', 'GET', `${own}/api/dashboards/uid/d1`],
    ['hubspot', 'POST', 'https://api.hubapi.com/crm/v3/objects/contacts/search'],
    ['intercom', 'POST', 'https://api.intercom.io/conversations/search'],
    ['notion', 'POST', `${notion}/search`],
    ['notion', 'POST', `${notion}/data_sources/d1/query`],
    ['notion', 'GET', `${notion}/blocks/b1/children?page_size=100`],
    ['openai', 'GET', 'https://api.openai.com/v1/models'],
    ['perplexity', 'POST', 'https://api.perplexity.ai/chat/completions'],
    ['replicate', 'GET', 'https://api.replicate.com/v1/models/acme/m/versions'],
    ['sendgrid', 'GET', 'https://api.sendgrid.com/v3/templates'],
    ['sentry', 'GET', 'https://sentry.io/api/0/organizations/acme/issues/?query=a'],
    ['slack', 'POST', `${slack}/conversations.history`],
    ['slack', 'GET', `${slack}/users.info?user=U1`],
    ['stripe', 'GET', `${stripe}/customers/cus_1`],
    ['tavily', 'POST', 'https://api.tavily.com/search'],
  ])('is: %s, %s %s', (name, method, url) => {
    expect(outcome(reading(named(name)), method, url)).toBe('allowed');
    expect(outcome(reading(named(name)), method === 'HEAD' ? 'PUT' : 'DELETE', url)).toBe('no_policy');
  });
});

/** A path as the pattern has it, where ids are ids and never names of endpoints. */
function examples(pattern: string): string[] {
  const one = pattern.replace(/(?<=\/)\*(?=\/|$)/g, 'id7');
  if (!one.includes('/**')) return [one];
  return ['', '/id8', '/id8/id9'].map((rest) => one.replaceAll('/**', rest)).map((path) => (path === '' ? '/' : path));
}

describe.each(reviewed.map((service) => [service.name, service] as const))(
  'the read-only list of %s',
  (name, service) => {
    const variant = variantOf(service);

    it('says what was left out, why a POST reads, and where its paths are from', () => {
      expect(variant.leftOut.length).toBeGreaterThan(10);
      expect(variant.read.length).toBeGreaterThan(5);
      if (variant.posts !== undefined) expect(variant.posts.why.length).toBeGreaterThan(10);
      expect(readsOf(variant).map(({ methods }) => methods)).toEqual(
        variant.posts === undefined ? [['GET']] : [['GET'], ['POST']],
      );
    });

    it('is a list: no pattern is everything, and none is there twice', () => {
      for (const { paths } of readsOf(variant)) {
        expect(paths).toEqual([...new Set(paths)]);
        for (const path of paths) {
          expect(path.replaceAll(/\/\*\*?/g, '')).not.toBe('');
          expect(path).not.toMatch(/batch(?!\/scrape)|graphql|export|\/\*\*\/\*/i);
        }
      }
    });

    it('has nothing that a rule on new credentials of the same service forbids', () => {
      const denying = deciding([{ hosts: hostsOf(service), service: name }]);
      const host = hostsOf(service)[0]?.replace('*.', 'x.') ?? '';
      for (const { methods, paths } of readsOf(variant)) {
        for (const path of paths.flatMap(examples)) {
          expect([path, outcome(denying, methods[0] ?? '', `https://${host}${path}`)]).toEqual([path, 'allowed']);
        }
      }
      if (!('rules' in service.minting)) return;
      const rules = reading(service);
      for (const { paths, methods, hosts } of service.minting.rules) {
        if (hosts !== undefined) continue;
        for (const path of paths.flatMap(examples)) {
          for (const method of methods === 'all' ? ['GET', 'POST'] : ['POST', 'PUT', 'PATCH']) {
            expect([path, outcome(rules, method, `https://${host}${path}`)]).toEqual([path, 'no_policy']);
          }
        }
      }
    });

    it('is for hosts of the service that were looked at, or for an instance of one’s own', () => {
      for (const host of variant.hosts) expect(service.hosts).toContain(host);
      expect(isReviewedHost(service, variant, parseHostPattern('own.example.com'))).toBe(true);
      for (const host of service.hosts) {
        const isListed = variant.hosts.includes(host);
        expect([host, isReviewedHost(service, variant, parseHostPattern(host))]).toEqual([host, isListed]);
      }
      for (const host of service.hosts) {
        const around = parseHostPattern(`*.${host.slice(host.lastIndexOf('.') + 1)}`);
        expect(isReviewedHost(service, variant, around)).toBe(false);
      }
    });
  },
);

describe('services without a list', () => {
  it('say why', () => {
    expect(readOnlyOf(named('linear'))).toEqual({ none: expect.stringContaining('GraphQL') as unknown });
    expect(readOnlyOf(named('zendesk'))).toEqual({ none: 'nobody has reviewed its paths yet' });
    expect(reviewed.length).toBeGreaterThan(18);
  });

  it('allow nothing, should a policy get that far', () => {
    const rules = deciding([{ hosts: ['api.linear.app'], service: 'linear', access: 'read-only' }]);
    expect(outcome(rules, 'GET', 'https://api.linear.app/')).toBe('no_policy');
  });
});

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { services } from '../../src/catalogue/services.js';
import { findClaims } from '../../src/adopt/claim.js';
import { literalPrefix, shapeOfValue } from '../../src/adopt/secret-shapes.js';
import { parseShape } from '../../src/inject/shape.js';
import { parseHostPattern } from '../../src/policy/host-pattern.js';
import { crossesPublicSuffix } from '../../src/policy/public-suffix.js';
import { madeUp } from '../adopt/made-up.js';

const folder = join(process.cwd(), 'src/catalogue');
const others = [
  ...['argument-rule.ts', 'place.ts', 'service.ts', 'service-named.ts', 'services.ts'],
  ...['decision-rules.ts', 'document.ts', 'minting-rules.ts', 'read-only.ts', 'rule-name.ts', 'aws-reads.ts'],
];
const variables = services.flatMap((service) => service.variables.map((variable) => ({ service, variable })));
const canPlace = ['header', 'basic', 'query', 'path', 'cookie', 'ws'];

describe('the catalogue', () => {
  it('has one file for each service, and lists each', () => {
    const files = readdirSync(folder).filter((file) => !others.includes(file));
    expect(files.sort()).toEqual(services.map(({ name }) => `${name}.ts`).sort());
    expect(services).toHaveLength(53);
  });

  it('gives every variable to one service only', () => {
    const names = variables.map(({ variable }) => variable.name);
    expect(names).toEqual([...new Set(names)]);
  });

  it.each(services.map((service) => [service.name, service] as const))('%s is complete', (name, service) => {
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    const taken = service.variables.length + (service.arguments?.length ?? 0);
    // Without any it is there for its rules.
    expect(taken > 0 || 'rules' in service.minting).toBe(true);
    for (const companion of service.companions ?? []) {
      expect(service.variables.map((variable) => variable.name)).not.toContain(companion);
    }
    if (service.arguments !== undefined) expect(service.packages).not.toEqual([]);
  });

  it.each(variables.map(({ service, variable }) => [variable.name, service, variable] as const))(
    '%s has a placeholder that begins like its values, hosts of one owner, and a way to tell a generic name',
    (_, service, variable) => {
      const places = variable.places ?? service.places;
      expect(places.length).toBeGreaterThan(0);
      for (const shape of variable.shapes) {
        expect(() => parseShape(shape)).not.toThrow();
        if (literalPrefix(shape).length >= 3) expect(shapeOfValue(variable.shapes, madeUp(shape))).toBe(shape);
      }
      const hosts = variable.hosts ?? service.hosts;
      if (places.every(({ place }) => canPlace.includes(place))) {
        expect(hosts.map(parseHostPattern).filter(crossesPublicSuffix)).toEqual([]);
        expect([...hosts, ...(variable.hostsFrom ?? service.hostsFrom ?? [])].length).toBeGreaterThan(0);
      }
      if (variable.generic === true) {
        expect(
          (service.packages ?? []).length + Number(variable.shapes.some((shape) => literalPrefix(shape).length > 2)),
        ).toBeGreaterThan(0);
      }
    },
  );
});

describe('generic variable names', () => {
  const generic = variables.filter(({ variable }) => variable.generic === true);

  it('are those that other programs use too', () => {
    const names = generic.map(({ variable }) => variable.name).sort();
    expect(names).toEqual(['ACCESS_TOKEN', 'API_TOKEN', 'PERSONAL_ACCESS_TOKEN', 'PRIVATE_APP_ACCESS_TOKEN']);
  });

  it.each(generic.map(({ variable, service }) => [variable.name, service] as const))(
    '%s is not matched to a vendor without its package or the shape of the value',
    (name, service) => {
      const environment = { [name]: madeUp('<40 lower>') };
      expect(findClaims({ command: 'node', args: ['server.js'], environment }, services)).toEqual([]);
      const value =
        service.name === 'azure-devops'
          ? Buffer.from(`me:${madeUp('<52 lower>')}`).toString('base64')
          : environment[name];
      const child = { command: 'npx', args: ['-y', service.packages?.[0] ?? ''], environment: { [name]: value } };
      expect(findClaims(child, services)).toEqual([expect.objectContaining({ service: service.name, where: name })]);
    },
  );

  it('are matched by the shape of the value', () => {
    const environment = {
      ACCESS_TOKEN: madeUp('EAAA<60 base64url>'),
      PRIVATE_APP_ACCESS_TOKEN: madeUp('pat-eu1-<8 hex>-<4 hex>-<4 hex>-<4 hex>-<12 hex>'),
    };
    const claims = findClaims({ command: 'node', args: [], environment }, services);
    expect(claims.map(({ service }) => service).sort()).toEqual(['hubspot', 'square']);
  });
});

describe('where credentials go on the wire', () => {
  const url = 'https://acme.example.com/x';
  const environment = {
    JIRA_URL: url,
    CONFLUENCE_URL: url,
    GRAFANA_URL: url,
    ES_URL: url,
    MYSHOPIFY_DOMAIN: 'acme.myshopify.com',
    ZENDESK_SUBDOMAIN: 'acme',
  };

  it.each([
    ['GITHUB_PERSONAL_ACCESS_TOKEN', 'api.github.com', 'header authorization, basic'],
    ['GITLAB_PERSONAL_ACCESS_TOKEN', 'gitlab.com', 'header authorization, header private-token, basic'],
    ['SLACK_BOT_TOKEN', 'slack.com', 'header authorization'],
    ['SLACK_MCP_XOXB_TOKEN', 'slack.com', 'header authorization, form'],
    ['TAVILY_API_KEY', 'api.tavily.com', 'header authorization, json'],
    ['HUBSPOT_ACCESS_TOKEN', 'api.hubspot.com', 'header authorization, json'],
    ['NOTION_TOKEN', 'api.notion.com', 'header authorization'],
    ['LINEAR_API_KEY', 'api.linear.app', 'header authorization'],
    ['JIRA_API_TOKEN', 'acme.example.com', 'basic'],
    ['CONFLUENCE_PERSONAL_TOKEN', 'acme.example.com', 'header authorization'],
    ['SENTRY_ACCESS_TOKEN', 'sentry.io', 'header authorization'],
    ['STRIPE_SECRET_KEY', 'mcp.stripe.com', 'header authorization, basic'],
    ['FIGMA_API_KEY', 'api.figma.com', 'header x-figma-token'],
    ['FIGMA_OAUTH_TOKEN', 'api.figma.com', 'header authorization'],
    ['BRAVE_API_KEY', 'api.search.brave.com', 'header x-subscription-token'],
    ['EXA_API_KEY', 'api.exa.ai', 'header x-api-key'],
    ['ANTHROPIC_API_KEY', 'api.anthropic.com', 'header x-api-key'],
    ['ANTHROPIC_AUTH_TOKEN', 'api.anthropic.com', 'header authorization'],
    ['GRAFANA_SERVICE_ACCOUNT_TOKEN', 'acme.example.com', 'header authorization'],
    ['GRAFANA_PASSWORD', 'acme.example.com', 'basic'],
    ['MAILGUN_API_KEY', 'api.mailgun.net', 'basic'],
    ['SHOPIFY_ACCESS_TOKEN', 'acme.myshopify.com', 'header x-shopify-access-token'],
    ['ZENDESK_API_KEY', 'acme.zendesk.com', 'basic'],
    ['HF_TOKEN', 'huggingface.co', 'header authorization'],
    ['CIRCLECI_TOKEN', 'circleci.com', 'header circle-token'],
    ['POSTMAN_API_KEY', 'api.postman.com', 'header x-api-key'],
    ['ES_API_KEY', 'acme.example.com', 'header authorization'],
  ])('%s to %s as %s', (name, host, places) => {
    const child = { command: 'node', args: [], environment: { ...environment, [name]: madeUp('<40 alnum>') } };
    const claims = findClaims(child, services).flatMap((claim) => ('found' in claim ? [claim] : []));
    expect(claims).toHaveLength(1);
    expect(claims[0]?.hosts[0]).toBe(host);
    expect(
      claims[0]?.places.map((place) => ('name' in place ? `${place.place} ${place.name}` : place.place)).join(', '),
    ).toBe(places);
  });
});

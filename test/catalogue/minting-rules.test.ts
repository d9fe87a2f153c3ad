import { describe, expect, it } from '@jest/globals';
import { services } from '../../src/catalogue/services.js';
import { ruleName, ruleNames } from '../../src/catalogue/rule-name.js';
import { deciding, hostsOf, named, outcome, ownHost } from './deciding.js';
import { cloudflare, gitlab, minting, twilio } from './minting-requests.js';

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

  it.each([
    'iam.global.api.aws',
    'iam.cn-north-1.amazonaws.com.cn',
    'iam.eusc-de-east-1.amazonaws.eu',
    'sts.eu-central-1.api.aws',
    'sts-fips.us-east-1.api.aws',
    'sts.cn-northwest-1.amazonaws.com.cn',
    'sts.cn-north-1.api.amazonwebservices.com.cn',
    'sts.eusc-de-east-1.amazonaws.eu',
  ])('is denied at a host of AWS that no policy has by itself: %s', (host) => {
    const wide = `*.${host.split('.').slice(2).join('.')}`;
    for (const hosts of [[host], [wide]])
      for (const method of ['GET', 'POST'])
        expect(outcome(deciding([{ hosts }]), method, `https://${host}/?Action=CreateAccessKey`)).toBe('denied');
    expect(outcome(deciding([{ hosts: [host] }], ['aws']), 'GET', `https://${host}/`)).toBe('allowed');
  });

  it('is let through by the name of its rule, and by no other', () => {
    for (const [name, method, url] of minting) {
      const names = ruleNames(named(name));
      const lifting = names.filter((rule) => outcome(everything(name, [rule]), method, url) === 'allowed');
      expect([url, lifting.length]).toEqual([url, 1]);
      expect(
        outcome(
          everything(
            name,
            names.filter((rule) => !lifting.includes(rule)),
          ),
          method,
          url,
        ),
      ).toBe('denied');
    }
  });

  it('is one of one rule alone, whatever path of it: else the name of that would not let it through', () => {
    const doubled = services.flatMap((service) => {
      const rules = 'rules' in service.minting ? service.minting.rules : [];
      return rules.flatMap((rule) => {
        const lifted = everything(service.name, [ruleName(service, rule)]);
        const [host = ''] = rule.hosts ?? hostsOf(service);
        const paths = rule.paths.map((path) => path.replaceAll('/**', '/id8').replace(/(?<=\/)\*(?=\/|$)/g, 'id7'));
        const urls = paths.map((path) => `https://${host.replace('*.', 'x.')}${path}`);
        return urls.filter((url) => outcome(lifted, 'POST', url) !== 'allowed');
      });
    });
    expect(doubled).toEqual([]);
  });

  it('is there for every rule', () => {
    const denying = minting.flatMap(([name, method, url]) =>
      ruleNames(named(name)).filter((rule) => outcome(everything(name, [rule]), method, url) === 'allowed'),
    );
    const without = services.flatMap(ruleNames).filter((rule) => !denying.includes(rule));
    expect(without).toEqual([]);
  });

  it('is there for every service that has rules', () => {
    const rules = services.filter(({ minting: found }) => 'rules' in found).map(({ name }) => name);
    expect([...new Set(minting.map(([name]) => name))].sort()).toEqual([...rules].sort());
  });
});

describe('what is no request for a credential', () => {
  it.each([
    ['airtable', 'POST', 'https://api.airtable.com/v0/bases/app1/webhooks'],
    ['anthropic', 'POST', 'https://api.anthropic.com/v1/messages'],
    ['aws', 'POST', 'https://sts.eu-central-1.amazonaws.com/'],
    ['aws', 'POST', 'https://codeartifact.eu-central-1.amazonaws.com/v1/packages?domain=d'],
    ['aws', 'PUT', 'https://bucket.s3.amazonaws.com/a;b//c%252F'],
    ['cloudflare', 'PUT', `${cloudflare}/zones/z1/dns_records/r1`],
    ['cloudflare', 'GET', `${cloudflare}/accounts/a1/pages/projects/p1/upload-token`],
    ['cloudflare', 'PUT', `${cloudflare}/accounts/a1/workers/scripts/s1/secrets`],
    ['discord', 'POST', 'https://discord.com/api/v10/channels/1/messages'],
    ['discord', 'POST', 'https://discord.com/api/webhooks/1/token'],
    ['github', 'GET', 'https://api.github.com/user/keys'],
    ['github', 'PUT', 'https://api.github.com/repos/acme/site/contents/src/user/keys'],
    ['github', 'PUT', 'https://api.github.com/repos/acme/site/contents/config%2Fuser%2Fkeys.json'],
    ['github', 'PUT', 'https://api.github.com/repos/acme/site/actions/secrets/NAME'],
    ['github', 'POST', 'https://api.github.com/graphql'],
    ['github', 'POST', 'https://github.com/acme/site.git/git-receive-pack'],
    ['gitlab', 'POST', `${gitlab}/projects/acme%2Fsite/issues`],
    ['gitlab', 'POST', `${gitlab}/projects/acme%2Fsite/repository/files/src%2Foauth%2Ftoken.rb`],
    ['hubspot', 'POST', 'https://api.hubapi.com/oauth/v2/private-apps/get/access-token-info'],
    ['npm', 'GET', `https://${ownHost}/-/npm/v1/tokens`],
    ['npm', 'PUT', `https://${ownHost}/@acme%2fsite`],
    ['npm', 'POST', `https://${ownHost}/-/npm/v1/security/advisories/bulk`],
    ['openai', 'POST', 'https://api.openai.com/v1/chat/completions'],
    ['openai', 'POST', 'https://api.openai.com/v1/realtime/client_secrets'],
    ['openai', 'POST', 'https://api.openai.com/v1/chatkit/sessions'],
    ['sentry', 'POST', 'https://acme.sentry.io/api/0/projects/acme/site/keys/'],
    ['slack', 'POST', 'https://slack.com/api/chat.postMessage'],
    ['slack', 'POST', 'https://slack.com/api/apps.connections.open'],
    ['slack', 'GET', 'https://slack.com/api/rtm.connect'],
    ['stripe', 'POST', 'https://api.stripe.com/v1/billing_portal/sessions'],
    ['stripe', 'POST', 'https://api.stripe.com/v1/checkout/sessions'],
    ['stripe', 'POST', 'https://api.stripe.com/v1/customer_sessions'],
    ['stripe', 'POST', 'https://api.stripe.com/v1/terminal/connection_tokens'],
    ['trello', 'GET', 'https://api.trello.com/1/tokens/t/member'],
    ['stripe', 'POST', 'https://api.stripe.com//v1/payment_intents'],
    ['twilio', 'POST', `${twilio}/Messages.json`],
    ['twilio', 'POST', `${twilio}/Tokens.json`],
    ['vault', 'GET', `https://${ownHost}/v1/secret/data/a`],
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
    expect(outcome(deciding([{ hosts: ['sts.amazonaws.com'] }]), 'GET', 'https://sts.amazonaws.com/')).toBe('denied');
    expect(
      outcome(deciding([{ hosts: ['*.eu-west-1.amazonaws.com'] }]), 'GET', 'https://sts.eu-west-1.amazonaws.com/'),
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

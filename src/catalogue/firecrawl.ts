import { authorization, service, under } from './service.js';

export const firecrawl = service({
  name: 'firecrawl',
  hosts: ['api.firecrawl.dev'],
  hostsFrom: [{ variable: 'FIRECRAWL_API_URL' }],
  places: [authorization],
  variables: [
    { name: 'FIRECRAWL_API_KEY', shapes: ['fc-<32 hex>'] },
    { name: 'FIRECRAWL_OAUTH_TOKEN', shapes: ['fco_<40 alnum>'] },
  ],
  companions: ['FIRECRAWL_API_URL'],
  packages: ['firecrawl-mcp'],
  minting: { none: 'keys are made in the browser only (from memory)' },
  readOnly: {
    hosts: ['api.firecrawl.dev'],
    paths: under(
      ['/v1', '/v2'],
      [
        '/crawl/*',
        '/crawl/*/errors',
        '/batch/scrape/*',
        '/extract/*',
        '/team/credit-usage',
        '/team/queue-status',
        '/concurrency-check',
      ],
    ),
    posts: {
      paths: under(['/v1', '/v2'], ['/scrape', '/search', '/map']),
      why: 'one page is read, or the web is searched, and nothing is left at Firecrawl',
    },
    read: 'memory',
    leftOut:
      'starting a crawl, an extraction or a batch, which run on at Firecrawl and may call a webhook; browser actions within a scrape, which may press any button of the page, cannot be told by path',
  },
});

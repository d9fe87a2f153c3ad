import { anyShape, authorization, basic, service, under } from './service.js';

const apiTokens = ['ATATT3xFfGF0<180 base64url>'];
const jira = [{ variable: 'JIRA_URL' }];
const confluence = [{ variable: 'CONFLUENCE_URL' }];

export const atlassian = service({
  name: 'atlassian',
  hosts: [],
  places: [basic],
  variables: [
    { name: 'JIRA_API_TOKEN', shapes: apiTokens, hostsFrom: jira },
    { name: 'JIRA_PERSONAL_TOKEN', shapes: anyShape, hostsFrom: jira, places: [authorization] },
    { name: 'CONFLUENCE_API_TOKEN', shapes: apiTokens, hostsFrom: confluence },
    { name: 'CONFLUENCE_PERSONAL_TOKEN', shapes: anyShape, hostsFrom: confluence, places: [authorization] },
  ],
  companions: ['JIRA_URL', 'JIRA_USERNAME', 'CONFLUENCE_URL', 'CONFLUENCE_USERNAME'],
  packages: ['mcp-atlassian'],
  note: 'Cloud takes an e-mail address and the token as Basic, Server and Data Center a personal token as Bearer.',
  minting: {
    rules: [
      {
        name: 'personal-tokens',
        what: 'personal access tokens',
        paths: ['/**/rest/pat/*/tokens/**', '/**/rest/access-tokens/**'],
      },
      {
        name: 'oauth-tokens',
        what: 'OAuth tokens',
        paths: ['/**/plugins/servlet/oauth/**', '/**/rest/oauth2/*/token'],
        methods: 'all',
      },
      {
        name: 'sessions',
        what: 'sessions, which are cookies',
        paths: ['/**/rest/auth/*/session', '/**/rest/auth/*/websudo'],
      },
      { name: 'application-links', what: 'consumer keys of application links', paths: ['/**/rest/applinks/**'] },
    ],
    read: 'memory',
    unseen: 'tokens of Atlassian Cloud are made at id.atlassian.com, where no credential of this entry goes',
  },
  // Left out: users in bulk, audit records, attachments' content, application properties, webhooks and everything of administration.
  readOnly: {
    hosts: [],
    paths: [
      ...under(
        ['/rest/api/2', '/rest/api/3'],
        [
          '/issue/*',
          '/issue/*/comment',
          '/issue/*/comment/*',
          '/issue/*/transitions',
          '/issue/*/worklog',
          '/issue/*/changelog',
          '/issue/*/remotelink',
          '/issue/*/watchers',
          '/issue/createmeta/**',
          '/search',
          '/search/jql',
          '/project',
          '/project/search',
          '/project/*',
          '/project/*/components',
          '/project/*/versions',
          '/project/*/statuses',
          '/version/*',
          '/component/*',
          '/field',
          '/status',
          '/priority',
          '/issuetype',
          '/issueLinkType',
          '/resolution',
          '/label',
          '/myself',
          '/serverInfo',
        ],
      ),
      ...under(
        ['/rest/agile/1.0'],
        ['/board', '/board/*', '/board/*/issue', '/board/*/sprint', '/sprint/*', '/sprint/*/issue', '/epic/*'],
      ),
      ...under(
        ['/rest/api', '/wiki/rest/api'],
        [
          '/content/*',
          '/content/*/child',
          '/content/*/child/page',
          '/content/*/child/comment',
          '/content/*/label',
          '/content/*/history',
          '/content/search',
          '/search',
          '/space',
          '/space/*',
          '/space/*/content/**',
        ],
      ),
      ...under(
        ['/wiki/api/v2'],
        [
          '/pages',
          '/pages/*',
          '/pages/*/children',
          '/pages/*/labels',
          '/pages/*/footer-comments',
          '/pages/*/inline-comments',
          '/spaces',
          '/spaces/*',
          '/spaces/*/pages',
          '/blogposts',
          '/blogposts/*',
          '/labels/*/pages',
        ],
      ),
    ],
    posts: {
      paths: [
        '/rest/api/2/search',
        '/rest/api/3/search',
        '/rest/api/3/search/jql',
        '/rest/api/3/search/approximate-count',
      ],
      why: 'a search whose JQL is too long for a URL',
    },
    read: 'jira.js 5.4.0 for Jira, the rest (Confluence) from memory',
    leftOut: 'users, attachments, audit records, application properties and administration',
  },
});

import { authorization, service, under } from './service.js';

export const intercom = service({
  name: 'intercom',
  hosts: ['api.intercom.io'],
  hostsFrom: [{ variable: 'INTERCOM_API_BASE_URL' }],
  places: [authorization],
  variables: [{ name: 'INTERCOM_ACCESS_TOKEN', shapes: ['dG9r<56 base64url>'] }],
  companions: ['INTERCOM_API_BASE_URL'],
  packages: ['mcp-server-for-intercom'],
  minting: {
    rules: [{ name: 'oauth-tokens', what: 'OAuth tokens', paths: ['/auth/eagle/token'] }],
    read: 'memory',
    unseen: 'access tokens are made in the browser only',
  },
  readOnly: {
    hosts: ['api.intercom.io'],
    paths: [
      '/me',
      ...under(
        ['/articles', '/conversations', '/data_attributes', '/segments', '/tags', '/teams', '/ticket_types'],
        ['', '/*'],
      ),
      ...under(['/help_center/help_centers'], ['', '/*']),
      ...['/tickets/*', '/notes/*'],
      ...under(['/companies/*'], ['', '/segments']),
      ...under(['/contacts/*'], ['', '/companies', '/notes', '/segments', '/tags']),
    ],
    posts: { paths: ['/conversations/search', '/tickets/search'], why: 'every search of Intercom is a POST' },
    read: 'intercom-client 7.0.3',
    leftOut: 'lists and searches of contacts, which are people in bulk; admins, exports, visitors',
  },
});

import { authorization, service } from './service.js';

export const npm = service({
  name: 'npm',
  hosts: [],
  places: [authorization],
  variables: [],
  note: 'Which registry is used says the configuration of npm, never this list: the rules on new credentials hold where a policy says `service: npm`.',
  minting: {
    rules: [
      { name: 'tokens', what: 'access tokens', paths: ['/**/-/npm/v1/tokens/**'] },
      {
        name: 'logins',
        what: 'tokens for a name and a password, and those of a sign-in in the browser',
        paths: ['/**/-/user/*', '/**/-/user/*/-rev/*', '/**/-/v1/login/**'],
      },
      { name: 'oidc-tokens', what: 'tokens of trusted publishing', paths: ['/**/-/npm/v1/oidc/**'] },
      { name: 'profile', what: 'passwords and second factors', paths: ['/**/-/npm/v1/user'] },
    ],
    read: 'npm-profile and npm (lib/utils/oidc.js), as they come with Node 20',
    letThrough: 'the list of tokens, which shows the beginnings of them',
  },
});

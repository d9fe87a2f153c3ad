import { authorization, service } from './service.js';

export const npm = service({
  name: 'npm',
  hosts: ['registry.npmjs.org'],
  places: [authorization],
  variables: [],
  note: 'Registries are known to `run` from `.npmrc` and the like; here are the rules on new credentials. For a registry of one’s own: `service: npm`.',
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

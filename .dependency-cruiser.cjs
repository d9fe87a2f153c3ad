/**
 * The one-way rule of docs/architecture.md, as named rules:
 * main → cli → app → { config, proxy, upstream, ca, admin, telemetry } → families, scrub → net, policy → core.
 */
const families = 'identity|secrets|inject|audit|state';
const room = (names) => `^src/(${names})/`;
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    forbid('no-cycles', 'a circle has no top to read from', {}, { circular: true }),
    forbid(
      'no-orphans',
      'nobody would miss it',
      { orphan: true, pathNot: '^src/(main|adopt/preload/)|\\.d\\.ts$' },
      {},
    ),
    forbid(
      'no-dev-dependencies',
      'the packed program would not start',
      { path: '^src' },
      { dependencyTypes: ['npm-dev'] },
    ),
    forbid(
      'no-unlisted-packages',
      'every dependency is declared',
      { path: '^src' },
      { dependencyTypes: ['npm-no-pkg', 'unknown'] },
    ),
    forbid(
      'core-stands-alone',
      'core imports nothing of ours',
      { path: room('core') },
      { path: '^src/', pathNot: room('core') },
    ),
    forbid(
      'process-stands-alone',
      'it decides before anything else is loaded',
      { path: room('process') },
      { path: ['^src/', 'node_modules/'], pathNot: '^src/(process|core)/' },
    ),
    forbid(
      'policy-is-pure',
      'policy imports only core, and does no I/O',
      { path: room('policy') },
      {
        path: ['^src/', '^(fs|net|http|https|tls|dns|child_process|fs/promises|dns/promises|undici)$'],
        pathNot: '^src/(policy|core)/',
      },
    ),
    forbid(
      'http-is-pure',
      'http1 and http2 import only core, and hold no socket',
      { path: '^src/(http1|http2)/' },
      {
        path: ['^src/', '^(fs|net|http|https|http2|tls|dns|child_process|fs/promises|dns/promises|undici)$'],
        pathNot: ['^src/$1/', '^src/core/'],
      },
    ),
    forbid(
      'net-stands-low',
      'net imports policy and core',
      { path: room('net') },
      { path: '^src/', pathNot: '^src/(net|http1|http2|policy|core)/' },
    ),
    forbid(
      'families-do-not-meet',
      'a family never imports another; what is injected is a Credential, whose contract is secrets/index',
      { path: `^src/(${families})/` },
      {
        path: `^src/(${families})/`,
        pathNot: ['^src/$1/', '^src/secrets/(seal|index)\\.ts$'],
      },
    ),
    forbid(
      'families-look-down',
      'families import net, policy, core',
      { path: `^src/(${families}|scrub)/` },
      {
        path: '^src/(cli|app|main|config|proxy|upstream|ca|admin|telemetry|adopt|mcp)',
      },
    ),
    forbid(
      'seal-is-guarded',
      'only the rooms of plaintext may open the seal',
      { pathNot: '^src/(secrets|inject|scrub|upstream)/' },
      {
        path: '^src/secrets/seal\\.ts$',
      },
    ),
    forbid(
      'plaintext-rooms-are-silent',
      'no logger and no audit sink where plaintext is',
      { path: '^src/(secrets|inject|scrub|upstream|ca)/' },
      {
        path: ['^src/(audit|telemetry)/', 'node_modules/pino/'],
      },
    ),
    forbid(
      'implementations-behind-registries',
      'an implementation is imported by its registry',
      {
        path: '^src',
        pathNot: `^src/(${families})/`,
      },
      {
        path: `^src/(${families})/`,
        pathNot: [
          '/(index|registry)\\.ts$',
          '^src/secrets/seal\\.ts$',
          '^src/(inject/(placeholder|body-guard|choose|shape)|audit/log|secrets/(lease|backend|source-context)|identity/(callers|new-token|token))\\.ts$',
          '^src/audit/(log-files|read/[a-z-]+)\\.ts$',
        ],
      },
    ),
    forbid(
      'audit-is-read-by-cli',
      'what reads the audit log serves `keywright audit` and `explain`; nothing that handles requests reads it',
      { path: '^src/', pathNot: '^src/(cli|audit)/' },
      { path: '^src/audit/(log-files|read/[a-z-]+)\\.ts$' },
    ),
    forbid(
      'registries-for-the-root',
      'registries are for config/schema and app',
      { pathNot: '^src/(config/|app\\.ts|identity/|secrets/|inject/|audit/|state/)' },
      {
        path: '/registry\\.ts$',
      },
    ),
    forbid(
      'catalogue-is-data',
      'the catalogue imports itself, policy and core',
      { path: room('catalogue') },
      { path: '^src/', pathNot: '^src/(catalogue|policy|core)/' },
    ),
    forbid(
      'middle-does-not-look-up',
      'nothing imports cli, main or app but what stands above',
      { pathNot: '^src/(main|app|running-app|cli/)' },
      { path: '^src/(main|app|running-app|generation|cli/)' },
    ),
    forbid(
      'proxy-is-not-imported-below',
      'what stands below the proxy does not know it',
      { pathNot: '^src/(cli/|(app|running-app|generation)\\.ts|proxy/)' },
      { path: room('proxy') },
    ),
    forbid(
      'forge-in-one-room',
      'node-forge lives in ca',
      { pathNot: room('ca') },
      { path: 'node_modules/node-forge/' },
    ),
    forbid(
      'undici-in-its-rooms',
      'undici lives in net/client and the preload',
      { pathNot: '^src/(net/client|adopt/preload/)' },
      {
        path: 'node_modules/undici/',
      },
    ),
    ...Object.entries({
      jose: 'secrets/sign-jwt',
      '@smithy/signature-v4': 'net/sigv4',
      oauth4webapi: 'secrets/oauth/server',
      'node-vault': 'secrets/vault/node-vault',
      'age-encryption': 'secrets/store/(age|age-types\\.d|passphrase)',
    }).map(([name, file]) =>
      forbid(
        `one-file-for-${name.replace(/\W+/g, '-')}`,
        'a package is imported by one file',
        { pathNot: `^src/${file}\\.ts$` },
        { path: `node_modules/${name}/` },
      ),
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

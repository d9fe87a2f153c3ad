import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { childEnvironment, quoteNodeOption } from '../../src/adopt/environment.js';

const proxyUrl = 'http://run:x@127.0.0.1:8700';
const files = { ca: '/p/ca.pem', bundle: '/p/trusted.pem', preload: '/p/preload.cjs' };
const make = (base: Record<string, string> = {}, more: object = {}) =>
  childEnvironment({ base, proxyUrl, files, ...more });

describe('what was inherited does not lead around the proxy', () => {
  it('neither by exceptions nor by proxies of single programs', () => {
    const base = {
      NO_PROXY: '*',
      no_proxy: 'api.github.com',
      HTTPS_PROXY: 'http://corp:3128',
      JIRA_HTTPS_PROXY: 'http://corp:3128',
      JIRA_NO_PROXY: '*',
      FIGMA_PROXY: 'none',
    };
    const environment = make(base);
    for (const name of ['HTTPS_PROXY', 'JIRA_HTTPS_PROXY', 'FIGMA_PROXY']) expect(environment[name]).toBe(proxyUrl);
    for (const name of ['NO_PROXY', 'no_proxy', 'JIRA_NO_PROXY'])
      expect(environment[name]).toBe('localhost,127.0.0.1,::1');
  });
});

describe('the environment of the child', () => {
  it('names the proxy in both cases', () => {
    const environment = make();
    for (const name of [
      'HTTP_PROXY',
      'HTTPS_PROXY',
      'ALL_PROXY',
      'http_proxy',
      'https_proxy',
      'all_proxy',
      'SLACK_MCP_PROXY',
      'FIGMA_PROXY',
      'PERPLEXITY_PROXY',
    ]) {
      expect([name, environment[name]]).toEqual([name, proxyUrl]);
    }
    expect(environment).toMatchObject({ NODE_USE_ENV_PROXY: '1', GIT_HTTP_PROXY_AUTHMETHOD: 'basic' });
  });

  it('gives all roots to what replaces a trust store, and our CA to what adds', () => {
    const environment = make({ SSL_CERT_FILE: '/corp.pem', NODE_EXTRA_CA_CERTS: '/corp.pem' });
    const replacing =
      'SSL_CERT_FILE REQUESTS_CA_BUNDLE CURL_CA_BUNDLE PIP_CERT AWS_CA_BUNDLE GIT_SSL_CAINFO CARGO_HTTP_CAINFO npm_config_cafile GRPC_DEFAULT_SSL_ROOTS_FILE_PATH CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE HTTPLIB2_CA_CERTS SLACK_MCP_SERVER_CA GITLAB_CA_CERT_PATH';
    for (const name of replacing.split(' ')) expect([name, environment[name]]).toEqual([name, files.bundle]);
    for (const name of ['NODE_EXTRA_CA_CERTS', 'DENO_CERT'])
      expect([name, environment[name]]).toEqual([name, files.ca]);
  });

  it('keeps the rest, and adds to options that are there', () => {
    const environment = make({ PATH: '/usr/bin', NODE_OPTIONS: '--max-old-space-size=99' });
    expect(environment).toMatchObject({
      PATH: '/usr/bin',
      NODE_OPTIONS: '--max-old-space-size=99 --require=/p/preload.cjs',
    });
    expect(Object.keys(environment)).not.toContain('JAVA_TOOL_OPTIONS');
    expect(Object.keys(environment)).not.toContain('WGETRC');
  });

  it('never holds a flag that Node 20 refuses in NODE_OPTIONS', () => {
    expect(make()['NODE_OPTIONS']).toBe('--require=/p/preload.cjs');
  });

  it('leads Java to a port of its own, without a password', () => {
    const options = make(
      { JAVA_TOOL_OPTIONS: '-Xmx1g' },
      { javaPort: 8701, files: { ...files, javaTrustStore: '/p p/t.jks' } },
    )['JAVA_TOOL_OPTIONS'];
    expect(options).toBe(
      '-Xmx1g -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=8701 -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=8701 ' +
        '-Dhttp.nonProxyHosts=localhost|127.*|[::1] "-Djavax.net.ssl.trustStore=/p p/t.jks" ' +
        '-Djavax.net.ssl.trustStorePassword=changeit -Djavax.net.ssl.trustStoreType=JKS',
    );
  });

  it('names the settings of wget', () => {
    expect(make({}, { files: { ...files, wgetrc: '/p/wgetrc' } })).toMatchObject({ WGETRC: '/p/wgetrc' });
  });
});

describe('an option in NODE_OPTIONS', () => {
  it.each(['plain', 'with space', 'with "quotes" and \\ backslash', "with 'single'"])(
    'is read by Node as it was meant: %s',
    (name) => {
      const folder = mkdtempSync(join(tmpdir(), 'keywright-option-'));
      const file = join(folder, `${name}.cjs`);
      writeFileSync(file, 'console.log("loaded")');
      const env = { ...process.env, NODE_OPTIONS: `--no-warnings --require=${quoteNodeOption(file)}` };
      expect(execFileSync(process.execPath, ['-e', '0'], { env }).toString()).toBe('loaded\n');
      rmSync(folder, { recursive: true });
    },
  );
});

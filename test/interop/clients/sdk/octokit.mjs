import { Octokit } from '@octokit/rest';
import { failure, say } from './said.mjs';

const octokit = new Octokit({ auth: process.env.GITHUB_TOKEN, log: { debug() {}, info() {}, warn() {}, error() {} } });
const at = { owner: 'acme', repo: 'site' };
const issues = await octokit.paginate(octokit.rest.issues.listForRepo, { ...at, per_page: 2 });
const { data: made } = await octokit.rest.issues.create({ ...at, title: 'It broke', labels: ['bug'] });
const { data: asset } = await octokit.rest.repos.uploadReleaseAsset({
  ...at,
  release_id: 1,
  name: 'a b.zip',
  data: Buffer.from([0, 255, 13, 10, 45, 45]),
});
const { viewer } = await octokit.graphql('query { viewer { login } }');
const failed = await failure(() => octokit.rest.repos.get({ owner: 'acme', repo: 'echo' }));
say({ ids: issues.map(({ id }) => id), made: made.id, file: asset.id, viewer: viewer.login, failed });

import { Octokit } from '@octokit/rest';

const octokit = new Octokit({ auth: process.env.GITHUB_TOKEN });
const { status, data } = await octokit.rest.users.getAuthenticated();
console.log(JSON.stringify([`${status} ${JSON.stringify(data)}`]));

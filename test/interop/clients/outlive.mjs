// Asks once, kills Keywright, which is its parent, and asks again: over the connection it has, and over new ones.
import { get } from 'node:https';

const headers = { authorization: `Bearer ${process.env.GITHUB_TOKEN}` };
const url = 'https://api.github.com/user';
const byFetch = () => fetch(url, { headers }).then((answer) => answer.text().then(() => answer.status));
const byHttps = () =>
  new Promise((resolve, reject) => {
    get(url, { headers }, (answer) => answer.resume().once('end', () => resolve(answer.statusCode))).once(
      'error',
      reject,
    );
  });
const alive = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const before = [await byFetch(), await byHttps()];
const keywright = process.ppid;
process.kill(keywright, 'SIGKILL');
while (process.ppid === keywright && alive(keywright)) await new Promise((resolve) => setTimeout(resolve, 10));
const after = [];
for (const ask of [byFetch, byHttps, byFetch, byHttps]) after.push(await ask().catch(() => 'failed'));
console.log(JSON.stringify({ before, after }));

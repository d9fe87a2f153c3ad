// Node's own fetch, and the same over a worker thread.
import { Worker } from 'node:worker_threads';

const ask = `
  const answer = await fetch('https://api.github.com/user', { headers: { authorization: 'Bearer ' + process.env.GITHUB_TOKEN } });
  const text = answer.status + ' ' + (await answer.text());
`;
const inThread = new Worker(`(async () => { ${ask} require('node:worker_threads').parentPort.postMessage(text); })()`, {
  eval: true,
});
const [direct, threaded] = await Promise.all([
  new Function(`return (async () => { ${ask} return text; })()`)(),
  new Promise((resolve, reject) => inThread.once('message', resolve).once('error', reject)),
]);
console.log(JSON.stringify([direct, threaded]));

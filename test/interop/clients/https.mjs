// node:https with the default agent, an agent of its own, and none.
import https, { get } from 'node:https';

const headers = { authorization: `token ${process.env.GITHUB_TOKEN}` };
const ask = (options) =>
  new Promise((resolve, reject) => {
    const request = get('https://api.github.com/user', { headers, ...options }, (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (part) => (text += part))
        .on('end', () => resolve(`${response.statusCode} ${text}`));
    });
    request.on('error', reject);
  });
const agent = new https.Agent({ keepAlive: true });
console.log(JSON.stringify([await ask({}), await ask({ agent }), await ask({ agent }), await ask({ agent: false })]));
agent.destroy();

// What slack-go and the clients made like it do: the token is a field of the form, and of each form with a file.
const token = process.env.SLACK_MCP_XOXB_TOKEN;
const call = async (method, body) => {
  const answer = await fetch(`https://slack.com/api/${method}`, { method: 'POST', body });
  return `${answer.status} ${await answer.text()}`;
};
const form = new FormData();
form.set('token', token);
form.set('file', new Blob(['text']), 'a.txt');
console.log(await call('auth.test', new URLSearchParams({ token, text: 'a+b c' })));
console.log(await call('files.upload', form));
console.log(await call('chat.postMessage', new URLSearchParams({ token, text: `leak ${token}` })));

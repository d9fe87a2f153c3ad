// Sends the requests of the file that the first argument names, `$NAME` filled in, and prints what it holds and what it is answered.
import { readFileSync } from 'node:fs';

const [file, ...args] = process.argv.slice(2);
const argument = (pattern) => args.map((word) => pattern.exec(word)?.[1]).find((found) => found !== undefined);
const { names, rows } = JSON.parse(readFileSync(file, 'utf8'));
const held = Object.fromEntries(names.map((name) => [name, process.env[name]]));
held.OPENAPI_MCP_HEADERS = JSON.parse(process.env.OPENAPI_MCP_HEADERS).Authorization;
held.TWILIO = argument(/^AC.*\/SK.*:(.+)$/);
held.MCP_REMOTE = argument(/^Authorization: Bearer (.+)$/);
const filled = (text) => {
  const whole = text.replace(/\$(\w+)/g, (_, name) => held[name]);
  return whole.startsWith('basic ') ? `Basic ${btoa(whole.slice(6))}` : whole;
};
console.log(JSON.stringify(held));
for (const [index, { url, headers, body }] of rows.entries()) {
  const fields = Object.entries({ ...headers, 'x-row': String(index) }).map(([name, value]) => [name, filled(value)]);
  const method = body === undefined ? 'GET' : 'POST';
  const answer = await fetch(filled(url), { method, headers: fields, body: body && filled(body), redirect: 'manual' });
  console.log(
    JSON.stringify({ index, status: answer.status, note: answer.headers.get('x-note'), text: await answer.text() }),
  );
}

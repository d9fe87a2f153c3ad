import { readAnswers, readRequests, valuesOf, type Field, type Message } from '../support/strict-reader.js';
import type { Arrival, Way } from '../support/stage.js';
import type { Answering, Conversation } from './grammar.js';

/**
 * What the strict reader makes of what a caller sent, beside what came to the destination and what the caller got back.
 * Each finding is a sentence; none means that all is as it has to be.
 */
export interface Outcome {
  readonly received: string;
  /** Whether the proxy ended the connection. */
  readonly ended: boolean;
  /** What came to the destination for the ids of this conversation, in order. */
  readonly arrivals: readonly Arrival[];
}

type Verdict = 'must' | 'may' | 'refuse';

/** Fields that end at the proxy, or that it writes itself; left out on both sides. */
const notCompared = new Set(
  'connection keep-alive te trailer transfer-encoding upgrade http2-settings host expect content-length accept-encoding x-key forwarded date'.split(
    ' ',
  ),
);

export function judge(conversation: Conversation, { received, ended, arrivals }: Outcome, secret: string): string[] {
  const { way, requests, answers } = conversation;
  const { messages, rest } = readRequests(requests.join(''));
  const got = readAnswers(received, messages.map(methodOf), ended);
  const finals = got.messages.filter(({ start }) => !start.startsWith('HTTP/1.1 1'));
  // The proxy may read on for a while behind a refusal that says the connection is over.
  const over = ended || finals.at(-1)?.last === true;
  const findings: string[] = [];
  const left = [...arrivals];
  /** A refusal with 400: nothing behind it is read. Any refusal that closes should do the same. */
  let closed = false;
  /** The connection ended otherwise: what was under way may have been sent on, and nobody is told. */
  let cut = false;
  let broken = false;

  for (const [i, message] of messages.entries()) {
    const verdict = verdictOn(message, way);
    const mine = takeArrivals(left, message, way);
    const answer = finals[i];
    if (closed && (mine.length > 0 || answer !== undefined)) findings.push(`served behind the end: ${message.start}`);
    if (cut && answer !== undefined) findings.push(`answered behind the end: ${message.start}`);
    if (closed) continue;
    if (verdict === 'refuse' && mine.length > 0) findings.push(`sent on: ${message.start}`);
    for (const arrival of mine) findings.push(...differences(message, arrival.request, way, secret));
    const expected = answerTo(message, way, answers);
    if (mine.length > (expected.sure ? 1 : 2)) findings.push(`sent ${mine.length} times: ${message.start}`);
    if (cut) continue;
    if (answer === undefined) {
      // What is malformed further on may end the connection, and so may an answer that breaks.
      const excused =
        broken ||
        rest !== 'nothing' ||
        !expected.sure ||
        messages.slice(i).some((later) => verdictOn(later, way) !== 'must');
      if (!excused || !over) findings.push(`no answer to ${message.start}`);
      cut = true;
    } else if (isRefusal(answer)) {
      const status = statusOf(answer);
      const excused = status >= 500 ? !expected.sure : status >= 400 && verdict !== 'must';
      if (!excused) findings.push(`refused with ${status}: ${message.start}`);
      // Other refusals that close on an unread body let go on what was read already: a known fault, see `closed` above.
      if (answer.last && status === 400) closed = true;
      else if (answer.last) cut = true;
    } else {
      // Where both ids are spoilt, it came, and nobody knows to whom it belongs.
      const named =
        valuesOf(message.fields, 'x-id')[0]?.startsWith(`${conversation.seed}-`) === true ||
        message.start.includes(`/r/${conversation.seed}-`);
      if (mine.length === 0 && named) findings.push(`answered, and never sent on: ${message.start}`);
      findings.push(...answerDifferences(answer, expected));
      if (message.last || answer.last) cut = true;
    }
    if (!expected.sure) broken = true;
  }

  findings.push(...left.map(({ request }) => `a request that nobody made: ${request.start}`));
  findings.push(
    ...afterwards(finals.slice(messages.length), {
      rest,
      closed: closed || cut,
      ended: over,
      got: got.rest,
      broken,
      told: finals.some((answer) => isRefusal(answer) && answer.last),
    }),
  );
  return findings;
}

/** What is left at the end: nothing, or one refusal of what is malformed, with the end of the connection. */
function afterwards(
  extra: readonly Message[],
  {
    rest,
    closed,
    ended,
    got,
    broken,
    told,
  }: { rest: string; closed: boolean; ended: boolean; got: string; broken: boolean; told: boolean },
): string[] {
  // A refusal of a HEAD that could not be read has content all the same, and is the last thing on its connection.
  const findings: string[] = [];
  const [refusal, ...more] = extra;
  // Known: a request that is refused while its body is on its way gets a second refusal where the body never ends.
  if (rest === 'partial' && extra.every(isRefusal)) return findings;
  if (more.length > 0) findings.push('more answers than requests');
  if (refusal !== undefined) {
    const status = statusOf(refusal);
    if (rest === 'nothing' || !isRefusal(refusal) || status < 400 || status >= 500 || !refusal.last)
      findings.push(`an answer to nothing: ${refusal.start}`);
  }
  if (rest === 'malformed' && !ended) findings.push('the connection stays open behind what is malformed');
  if (got === 'malformed' && !told) findings.push('the caller got bytes that are no answer');
  if (got === 'partial' && !(broken || rest !== 'nothing' || closed))
    findings.push('an answer is cut without a reason');
  return findings;
}

function verdictOn(message: Message, way: Way): Verdict {
  const { start, fields, doubts } = message;
  const [method = '', target = ''] = start.split(' ');
  if (/^(TRACE|TRACK|CONNECT)$|[a-z]/.test(method) || pathOf(target, way) === undefined || target.includes('#'))
    return 'refuse';
  const hosts = valuesOf(fields, 'host');
  if (start.endsWith('HTTP/1.1') ? hosts.length !== 1 : hosts.length > 1) return 'refuse';
  if (hosts[0] !== undefined && hosts[0].toLowerCase() !== way.host && !/[a-z]:/i.test(hosts[0])) return 'refuse';
  const known = /^(GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS)$/.test(method);
  const plain = /^[\w/.-]+$/.test(pathOf(target, way) ?? '') && hosts[0] === way.host;
  const odd = fields.some(
    ([name]) => /^(expect|upgrade|te|range|proxy-.*)$/i.test(name) && name !== 'Proxy-Authorization',
  );
  const password = valuesOf(fields, 'proxy-authorization');
  if (way.name === 'absolute form' && !way.head.includes(`Proxy-Authorization: ${password[0] ?? '-'}\r\n`))
    return 'refuse';
  if (way.name === 'absolute form' && password.length !== 1) return 'may';
  return known && plain && !odd && doubts.length === 0 ? 'must' : 'may';
}

/** The path that goes to the destination; undefined for a target that leads elsewhere. */
function pathOf(target: string, way: Way): string | undefined {
  if (way.name !== 'absolute form') return target.startsWith('/') ? target : undefined;
  const origin = way.at('');
  if (!target.toLowerCase().startsWith(origin)) return undefined;
  const path = target.slice(origin.length);
  return path.startsWith('/') ? path : undefined;
}

function takeArrivals(left: Arrival[], message: Message, way: Way): Arrival[] {
  const [method = '', target = ''] = message.start.split(' ');
  const start = `${method} ${pathOf(target, way) ?? target} HTTP/1.1`;
  const mine = left.filter(({ request }) => request.start === start);
  for (const arrival of mine) left.splice(left.indexOf(arrival), 1);
  return mine;
}

function differences(sent: Message, came: Message, way: Way, secret: string): string[] {
  const findings: string[] = [];
  if (came.body !== sent.body) findings.push(`another body at ${sent.start}`);
  const expected = comparable(sent.fields);
  const actual = comparable(came.fields);
  if (expected !== actual) findings.push(`other fields at ${sent.start}: ${actual} instead of ${expected}`);
  if (valuesOf(came.fields, 'x-key').join() !== secret) findings.push(`not exactly one credential at ${sent.start}`);
  if (valuesOf(came.fields, 'host').join() !== way.host) findings.push(`another Host at ${sent.start}`);
  return findings;
}

/** The fields that have to pass, in order, in one text. */
function comparable(fields: readonly Field[]): string {
  const listed = new Set(valuesOf(fields, 'connection').flatMap((value) => value.toLowerCase().split(/[\s,]+/)));
  return fields
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(
      ([name]) => !notCompared.has(name) && !listed.has(name) && !/^(proxy-|x-keywright-|x-forwarded-)/.test(name),
    )
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

interface Expected {
  /** The final answer, where the destination's bytes hold a whole one. */
  readonly answer: Message | undefined;
  /** Whether it has to pass: it has one reading, and nobody may refuse it. */
  readonly sure: boolean;
}

function answerTo(message: Message, way: Way, answers: ReadonlyMap<string, Answering>): Expected {
  const [method = '', target = ''] = message.start.split(' ');
  return readAnswering(answers.get(idOf(pathOf(target, way) ?? '')) ?? plainAnswer, method);
}

export const plainAnswer: Answering = { bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', closes: false };

/** What the strict reader makes of a destination's answer, and whether its connection may be used again. */
export function readAnswering({ bytes, closes }: Answering, method: string): Expected & { readonly reusable: boolean } {
  const { messages } = readAnswers(bytes, [method], true);
  const at = messages.findIndex(({ start }) => !/^HTTP\/... 1/.test(start));
  const answer = messages[at];
  const before = messages.slice(0, Math.max(at, 0));
  const odd = before.some(({ start, doubts }) => !/ 10[23] /.test(start) || doubts.length > 0);
  const known = /^HTTP\/1\.[01] [2-5]/.test(answer?.start ?? '') && !/^HTTP\/1\.1 206/.test(answer?.start ?? '');
  const sure = answer !== undefined && answer.doubts.length === 0 && !odd && known && plainCoding(answer.fields);
  // Read as if the connection went on: is there one answer, and nothing behind it?
  // Empty lines between answers are skipped by many, and hold nothing that could be taken for one.
  const whole = readAnswers(bytes, [method], false);
  const single = whole.messages.length === before.length + 1 && /^[\r\n]*$/.test(bytes.slice(whole.at));
  return { answer, sure, reusable: single && !closes && answer?.last === false };
}

function plainCoding(fields: readonly Field[]): boolean {
  return valuesOf(fields, 'content-encoding').length === 0 && valuesOf(fields, 'content-type').length === 0;
}

function answerDifferences(got: Message, { answer, sure }: Expected): string[] {
  if (answer === undefined) return [`a clean answer made of one that is none: ${got.start}`];
  if (statusOf(got) !== statusOf(answer)) return [`status ${got.start} instead of ${answer.start}`];
  if (got.body !== answer.body && statusOf(got) !== 204 && statusOf(got) !== 304)
    return ['another content in an answer'];
  const fields = comparable(got.fields);
  // Where an answer may be refused, its fields may be read in another way than ours, as long as its content is not.
  return sure && fields !== comparable(answer.fields)
    ? [`other fields in an answer: ${fields} instead of ${comparable(answer.fields)}`]
    : [];
}

export function idOf(path: string): string {
  return /^\/r\/([\w-]+)/.exec(path)?.[1] ?? '';
}

function isRefusal(answer: Message): boolean {
  return valuesOf(answer.fields, 'x-keywright-request-id').length === 1;
}

function statusOf({ start }: Message): number {
  return Number(start.slice(9, 12));
}

function methodOf({ start }: Message): string {
  return start.split(' ', 1)[0] ?? '';
}

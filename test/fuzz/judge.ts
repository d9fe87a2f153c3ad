import {
  readAnswers,
  readRequests,
  valuesOf,
  type Field,
  type Message,
  type Reading,
} from '../support/strict-reader.js';
import type { Arrival, Way } from '../support/stage.js';
import type { Answering, Conversation } from './grammar.js';
import { isTaken, pathOf, verdictOn } from './verdict.js';

/**
 * What the strict reader makes of what a caller sent, beside what came to the destination and what the caller got back.
 * Each finding is a sentence; none means that all is as it has to be.
 */
export interface Outcome {
  readonly received: string;
  /** Whether the proxy ended the connection, and whether so that the end may be the end of an answer. */
  readonly ended: 'not' | 'well' | 'cut';
  /** What came to the destination for the ids of this conversation, in order. */
  readonly arrivals: readonly Arrival[];
  /** Request lines of what came on a connection which the destination had already ended: nobody answers that. */
  readonly lost: ReadonlySet<string>;
}

/** Fields that end at the proxy, or that it writes itself; left out on both sides. */
const notCompared = new Set(
  'connection keep-alive te trailer transfer-encoding upgrade http2-settings host expect content-length accept-encoding x-key forwarded date'.split(
    ' ',
  ),
);
const unread = new Set(['more than one space in the request line', 'a bare LF before the request']);

/** Requests are served in turn, so each has its own answer until one ends the connection; nothing behind that is anybody's request. */
export function judge(conversation: Conversation, outcome: Outcome, secret: string): string[] {
  const { way, requests, answers } = conversation;
  const { messages, rest, at } = readRequests(requests.join(''));
  const got = readBack(outcome, messages.map(methodRead), requests.join('').slice(at));
  const finals = got.messages.filter(({ start }) => !start.startsWith('HTTP/1.1 1'));
  const findings: string[] = [];
  const left = [...outcome.arrivals];
  let end: 'none' | 'told' | 'inside an answer' = 'none';

  for (const [i, message] of messages.entries()) {
    const mine = takeArrivals(left, message, way);
    const answer = finals[i];
    if (end !== 'none') {
      if (mine.length > 0 || answer !== undefined) findings.push(`served behind the end: ${message.start}`);
      continue;
    }
    const lost = outcome.lost.has(startAt(message, way));
    if (mine.length > (lost ? 2 : 1)) findings.push(`sent ${mine.length} times: ${message.start}`);
    for (const arrival of mine) findings.push(...differences(message, arrival.request, way, secret));
    const expected = answerTo(message, way, answers);
    const verdict = verdictOn(message, way);
    if (verdict === 'refuse' && mine.length > 0) findings.push(`sent on: ${message.start}`);
    if (answer === undefined) {
      if (expected.sure || verdict === 'refuse' || outcome.ended === 'not')
        findings.push(`no answer to ${message.start}`);
      end = 'inside an answer';
    } else if (isRefusal(answer)) {
      const status = statusOf(answer);
      const excused = status >= 500 ? !expected.sure || lost : status >= 400 && verdict !== 'must';
      if (!excused) findings.push(`refused with ${status}: ${message.start}`);
    } else {
      // Where both ids are spoilt, it came, and nobody knows to whom it belongs.
      const named =
        valuesOf(message.fields, 'x-id')[0]?.startsWith(`${conversation.seed}-`) === true ||
        message.start.includes(`/r/${conversation.seed}-`);
      if (mine.length === 0 && named) findings.push(`answered, and never sent on: ${message.start}`);
      findings.push(...answerDifferences(answer, expected));
    }
    if (end === 'none' && (message.last || answer?.last === true)) end = 'told';
  }

  findings.push(...left.map(({ request }) => `a request that nobody made: ${request.start}`));
  const lost = [...outcome.lost].some((line) => line.includes(`/r/${conversation.seed}-`));
  // What is not whole may meet the end of a kept connection on its way, as what is lost does.
  const most = lost || rest === 'partial' ? 502 : 499;
  findings.push(...afterwards(finals.slice(messages.length), most, rest, end, got.rest, outcome.ended));
  return findings;
}

/** What is left at the end: nothing, or one refusal of what is malformed or not whole, with the end of the connection. */
function afterwards(
  extra: readonly Message[],
  most: number,
  rest: Reading['rest'],
  end: 'none' | 'told' | 'inside an answer',
  got: Reading['rest'],
  ended: Outcome['ended'],
): string[] {
  const findings: string[] = [];
  const [refusal, ...more] = extra;
  if (more.length > 0) findings.push('more answers than requests');
  if (refusal !== undefined) {
    const status = statusOf(refusal);
    if (end !== 'none' || rest === 'nothing' || !isRefusal(refusal) || status < 400 || status > most)
      findings.push(`an answer to nothing: ${refusal.start}`);
    else if (rest === 'malformed' && !refusal.last) findings.push(`a connection lasts behind ${refusal.start}`);
  }
  if (rest === 'malformed' && ended === 'not') findings.push('the connection stays open behind what is malformed');
  if (got === 'malformed') findings.push('the caller got bytes that are no answer');
  if (got === 'partial' && end !== 'inside an answer') findings.push('an answer is cut without a reason');
  return findings;
}

/** The answers. What was not whole may have been a HEAD, and its refusal then has no content. */
function readBack({ received, ended }: Outcome, methods: readonly string[], rest: string): Reading {
  const got = readAnswers(received, methods, ended === 'well');
  if (got.rest === 'nothing' || !/^[\r\n]*HEAD /.test(rest)) return got;
  return readAnswers(received, [...methods, 'HEAD'], ended === 'well');
}

function takeArrivals(left: Arrival[], message: Message, way: Way): Arrival[] {
  const start = startAt(message, way);
  const mine = left.filter(({ request }) => request.start === start);
  for (const arrival of mine) left.splice(left.indexOf(arrival), 1);
  return mine;
}

/** The request line as it comes to the destination. */
function startAt({ start }: Message, way: Way): string {
  const [method = '', target = ''] = start.split(' ');
  return `${method} ${pathOf(target, way) ?? target} HTTP/1.1`;
}

function differences(sent: Message, came: Message, way: Way, secret: string): string[] {
  const findings: string[] = [];
  const doubts = came.doubts.filter((doubt) => !['bytes over 0x7F in a value', 'trailers'].includes(doubt));
  if (doubts.length > 0) findings.push(`sent on with ${doubts.join()}: ${sent.start}`);
  if (came.body !== sent.body) findings.push(`another body at ${sent.start}`);
  // What else stands behind the last chunk came there by a spoilt line, and may be left out.
  const lines = (fields: readonly Field[]): string[] => fields.map((field) => field.join(': '));
  const own = ({ trailers }: Message): string => valuesOf(trailers, 'x-trailer').join();
  if (own(came) !== own(sent) || lines(came.trailers).some((line) => !lines(sent.trailers).includes(line)))
    findings.push(`other trailers at ${sent.start}`);
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

/** What the strict reader makes of a destination's answer, and whether its connection may be used again as far as the bytes say. */
export function readAnswering({ bytes }: Answering, method: string): Expected & { readonly reusable: boolean } {
  const { messages } = readAnswers(bytes, [method], true);
  const at = messages.findIndex(({ start }) => !isInformational(start));
  const found = messages.slice(0, at + 1);
  const answer = found.every(isTaken) ? found.at(-1) : undefined;
  const known = /^HTTP\/1\.[01] [2-5]/.test(answer?.start ?? '') && !/^HTTP\/1\.1 206/.test(answer?.start ?? '');
  const sure = answer !== undefined && known && plainCoding(answer.fields);
  // Read as if the connection went on: is there one answer, and nothing behind it?
  const whole = readAnswers(bytes, [method], false);
  const single = whole.messages.length === found.length && whole.rest === 'nothing';
  return { answer, sure, reusable: single && answer?.last === false };
}

function isInformational(start: string): boolean {
  return /^HTTP\/... 1/.test(start);
}

function plainCoding(fields: readonly Field[]): boolean {
  return valuesOf(fields, 'content-encoding').length === 0 && valuesOf(fields, 'content-type').length === 0;
}

function answerDifferences(got: Message, { answer, sure }: Expected): string[] {
  // Such an answer is cut by a reset, which Node before 24 tells its own readers as an end.
  if (answer === undefined && got.framing === 'close') return [];
  if (answer === undefined) return [`a clean answer made of one that is none: ${got.start}`];
  if (statusOf(got) !== statusOf(answer)) return [`status ${got.start} instead of ${answer.start}`];
  if (got.body !== answer.body) return ['another content in an answer'];
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

/** The method, as far as the proxy knows it: of a head that it cannot read it knows none, and its refusal has content. */
function methodRead({ start, doubts }: Message): string {
  const isRead = / HTTP\/1\.[01]$/.test(start) && !doubts.some((doubt) => unread.has(doubt));
  return isRead ? (start.split(' ', 1)[0] ?? '') : '';
}

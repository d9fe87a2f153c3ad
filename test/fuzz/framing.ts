import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Random } from '../support/pieces.js';
import { heapInUse } from '../support/heap.js';
import { openStage, until, type Arrival, type OriginConnection, type Stage } from '../support/stage.js';
import { readAnswers, readRequests, valuesOf, type Message } from '../support/strict-reader.js';
import { converse, piecesOf, type Conversation } from './grammar.js';
import { idOf, judge, plainAnswer, readAnswering } from './judge.js';
import { AuditTally } from './tally.js';

export interface Report {
  readonly conversations: number;
  readonly requests: number;
  readonly arrivals: number;
  /** The first that went wrong: what, the seed, and the smallest conversation that shows it. */
  readonly failure: string | undefined;
}

/** Conversations at once, each a caller of its own: they share the destination's connections. */
const atOnce = 4;
/** The arena itself keeps the reports of all refusals and the ids of all records: some 2 KiB of each conversation. */
const mostHeap = 256 * 1024 * 1024;

/** Makes conversations up from a seed until the time is over, or one goes wrong. */
export async function fuzzFraming(seed: number, milliseconds: number): Promise<Report> {
  const arena = new Arena();
  await arena.open();
  const until = performance.now() + milliseconds;
  const heap = heapInUse();
  const counts = { conversations: 0, requests: 0 };
  let next = seed;
  let failure: string | undefined;
  const worker = async (): Promise<void> => {
    while (failure === undefined && performance.now() < until) {
      const conversation = arena.imagine((next += 1));
      counts.conversations += 1;
      counts.requests += conversation.requests.length;
      const findings = await arena.hold(conversation);
      if (findings.length > 0) failure ??= await arena.explain(conversation, findings);
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, worker));
    failure ??= arena.trouble();
    if (heapInUse() - heap > mostHeap) failure ??= `memory grew beyond ${mostHeap} bytes`;
  } finally {
    const last = await arena.close();
    failure ??= last;
  }
  return {
    ...counts,
    arrivals: arena.arrivals,
    failure: failure === undefined ? undefined : `seed ${seed}: ${failure}`,
  };
}

/** One proxy and its destinations, for any number of conversations. */
class Arena {
  arrivals = 0;
  readonly #known = new Map<number, { conversation: Conversation; arrivals: Arrival[] }>();
  readonly #answered = new Map<OriginConnection, string>();
  /** Ended by the destination without a word: a request may come on them in passing, and has no answer. */
  readonly #passed = new WeakSet<OriginConnection>();
  /** The request lines of those that came on them. */
  readonly #lost = new Set<string>();
  readonly #trouble: string[] = [];
  #stage: Stage | undefined;
  #tally: AuditTally | undefined;

  async open(): Promise<void> {
    process.on('uncaughtException', this.#onError).on('unhandledRejection', this.#onError);
    this.#stage = await openStage({
      onArrival: (arrival) => this.#answer(arrival),
      onTrouble: (why) => void this.#trouble.push(why),
    });
    this.#tally = new AuditTally(join(this.#stage.proxy.folder, 'audit'));
  }

  imagine(seed: number): Conversation {
    return converse(seed, new Random(seed), this.#open.ways);
  }

  /** Holds the conversation, and says what was wrong with it. */
  async hold(conversation: Conversation, split = new Random(conversation.seed + 1)): Promise<string[]> {
    const { way, requests, seed } = conversation;
    const arrivals: Arrival[] = [];
    this.#known.set(seed, { conversation, arrivals });
    const socket = await way.open();
    const caller = new Caller(socket, this.#open.changes);
    const bytes = requests.join('');
    for (const piece of piecesOf(bytes, split)) {
      if (caller.ended !== 'not' || !socket.writable) break;
      socket.write(Buffer.from(piece, 'latin1'));
      await turn();
    }
    const { messages, rest } = readRequests(bytes);
    const methods = messages.map(({ start }) => start.split(' ', 1)[0] ?? '');
    const finals = (): Message[] =>
      readAnswers(caller.received, methods, false).messages.filter(({ start }) => !/^HTTP\/... 1/.test(start));
    const enough = (): boolean =>
      caller.ended !== 'not' || finals().at(-1)?.last === true || finals().length >= messages.length;
    const inTime = await until(this.#open.changes, enough, 6000);
    // What is malformed is told of, but where it could still become a head.
    const told = (): boolean =>
      caller.ended !== 'not' || finals().at(-1)?.last === true || finals().length > messages.length;
    if (rest === 'malformed') await until(this.#open.changes, told, 100);
    // A caller that has been told, or has all, ends its side; the proxy then has to end its own.
    if (caller.ended === 'not' && inTime) socket.end();
    const isOver = inTime && (await until(this.#open.changes, () => caller.ended !== 'not', 6000));
    socket.destroy();
    // Half a request that ran into the end of its connection is lost as well.
    for (const connection of this.#open.connections) {
      if (this.#passed.has(connection)) this.#lost.add(connection.text.split('\r\n', 1)[0] ?? '');
    }
    const findings = judge(
      conversation,
      { received: caller.received, ended: caller.ended, arrivals, lost: this.#lost },
      this.#open.secret,
    );
    findings.push(...this.#trouble.splice(0), ...(this.#tally?.read() ?? []));
    if (!isOver && findings.length === 0) findings.push('it did not come to an end');
    this.#known.delete(seed);
    if (findings.length > 0) findings.push(`the caller got ${JSON.stringify(caller.received)}`);
    return findings;
  }

  /** What the failure was, and the smallest conversation that still shows one. */
  async explain(conversation: Conversation, findings: readonly string[]): Promise<string> {
    let smallest = conversation;
    let shown = findings;
    for (let i = 0; smallest.requests.length > 1 && i < smallest.requests.length;) {
      const fewer = { ...smallest, requests: smallest.requests.filter((_, at) => at !== i) };
      // What the last try left under way comes before this.
      await this.#open.witness(conversation.way);
      const again = await this.hold(fewer);
      if (again.length > 0) [smallest, shown] = [fewer, again];
      else i += 1;
    }
    const answers = [...smallest.answers].filter(([id]) => smallest.requests.join('').includes(id));
    return [
      `conversation ${conversation.seed}, ${smallest.way.name}: ${findings.join('; ')}`,
      `smallest: ${shown.join('; ')}`,
      ...smallest.requests.map((request) => `client > ${JSON.stringify(request)}`),
      ...answers.map(
        ([id, { bytes, closes }]) => `origin > (to ${id}) ${JSON.stringify(bytes)}${closes ? ' and closes' : ''}`,
      ),
    ].join('\n');
  }

  trouble(): string | undefined {
    return this.#trouble.length > 0 ? this.#trouble.join('; ') : undefined;
  }

  async close(): Promise<string | undefined> {
    const before = this.#tally?.read() ?? [];
    for (const { socket } of this.#open.connections) socket.destroy();
    await this.#open.close();
    process.off('uncaughtException', this.#onError).off('unhandledRejection', this.#onError);
    return [...before, ...this.#trouble].at(0);
  }

  get #open(): Stage {
    if (this.#stage === undefined) throw new TypeError('the arena is not open');
    return this.#stage;
  }

  readonly #onError = (error: unknown): void => {
    this.#trouble.push(
      `an error that nobody handled: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  };

  #answer(arrival: Arrival): void {
    const { request, connection } = arrival;
    this.arrivals += 1;
    const spent = this.#answered.get(connection);
    if (spent !== undefined)
      this.#trouble.push(`${request.start} came on a connection whose last answer was ${JSON.stringify(spent)}`);
    const [method = '', target = ''] = request.start.split(' ');
    const id = idOf(target);
    const [named = id] = valuesOf(request.fields, 'x-id');
    // A spoilt id may be that of another conversation under way: it belongs to the one that holds both as they came.
    const possible = [named, id].flatMap((one) => this.#known.get(Number(/^\d+/.exec(one)?.[0])) ?? []);
    const made = possible.find(({ conversation: { requests } }) => {
      const text = requests.join('');
      return text.includes(`/r/${id}`) && text.includes(named);
    });
    const known = made ?? possible[0];
    // A caller that has gone may leave a request behind; what it was is known all the same.
    known?.arrivals.push(arrival);
    if (this.#passed.has(connection)) {
      this.#lost.add(request.start);
      return;
    }
    const answering = known?.conversation.answers.get(id) ?? plainAnswer;
    const { answer, reusable } = readAnswering(answering, method);
    if (!reusable) this.#answered.set(connection, answering.bytes);
    else if (answering.closes) this.#passed.add(connection);
    connection.socket.once('close', () => this.#answered.delete(connection));
    connection.socket.write(Buffer.from(answering.bytes, 'latin1'));
    // What is no whole answer would be waited for.
    if (answering.closes || answer === undefined || (answer.last && answer.framing === 'close'))
      connection.socket.end();
  }
}

/** The caller's side of one conversation. */
class Caller {
  received = '';
  /** A connection that is reset has not ended well: what came is not to be taken for a whole answer. */
  ended: 'not' | 'well' | 'cut' = 'not';

  constructor(socket: Socket, changes: Stage['changes']) {
    const onEnd = (how: 'well' | 'cut'): void => {
      if (this.ended === 'not') this.ended = how;
      changes.emit('change');
    };
    socket
      .setNoDelay(true)
      .on('error', () => onEnd('cut'))
      .once('close', () => onEnd('cut'))
      .once('end', () => onEnd('well'));
    socket.on('data', (bytes) => {
      this.received += bytes.toString('latin1');
      changes.emit('change');
    });
  }
}

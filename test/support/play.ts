import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { normalAnswer, normalExpected, normalRequest } from './normal-form.js';
import { piecesOf, type Split } from './pieces.js';
import { until, type Arrival, type OriginConnection, type Stage, type Way } from './stage.js';
import { readAnswers, readRequests, type Message, type Reading } from './strict-reader.js';

/** One conversation under way: takes the lines of a script one by one. See `script.ts` for what they mean. */
export class Play {
  readonly #stage: Stage;
  readonly #way: Way;
  readonly #split: Split;
  readonly #arrivals: Arrival[];
  readonly #trouble: string[];
  #client: Socket | undefined;
  #sent = '';
  #received = '';
  #ended = false;
  #answersTaken = 0;
  #arrivalsTaken = 0;
  #mayBegin: string | undefined;
  #mayCome: string | undefined;
  #answering: OriginConnection | undefined;

  constructor(stage: Stage, way: Way, split: Split, arrivals: Arrival[], trouble: string[]) {
    this.#stage = stage;
    this.#way = way;
    this.#split = split;
    this.#arrivals = arrivals;
    this.#trouble = trouble;
  }

  async start(): Promise<void> {
    const client = await this.#way.open();
    const onEnd = (): void => {
      this.#ended = true;
      this.#stage.changes.emit('change');
    };
    client.setNoDelay(true).on('error', onEnd).once('close', onEnd).once('end', onEnd);
    client.on('data', (bytes) => {
      this.#received += bytes.toString('latin1');
      this.#stage.changes.emit('change');
    });
    this.#client = client;
  }

  async step(line: string): Promise<void> {
    const [, who = '', what = '', rest = ''] =
      /^(client|origin|others) (>|<|~|\?|begins|closes|closed|cut|flooded|open|served)(?: ([^]*))?$/.exec(line) ?? [];
    switch (`${who} ${what}`) {
      case 'client >':
        this.#sent += rest;
        return this.#write(this.#client, rest);
      case 'client <':
        return this.#expectAnswer(rest);
      case 'client cut':
        return this.#expectCut();
      case 'client closes':
        this.#client?.end();
        return;
      case 'client flooded':
        return this.#expectFlood();
      case 'client closed':
        return this.#expectClosed();
      case 'client open':
        return this.#expectOpen();
      case 'origin <':
        return this.#expectRequest(rest);
      case 'origin ~':
        this.#mayBegin = rest;
        return;
      case 'origin ?':
        this.#mayBegin = this.#mayCome = rest;
        return;
      case 'origin begins':
        return this.#expectBeginning(rest);
      case 'origin >':
        return this.#write(this.#answering?.socket, rest);
      case 'origin closes':
        this.#answering?.socket.end();
        return;
      case 'others served':
        return this.#stage.witness(this.#way);
      default:
        throw new TypeError(`no line of a script: ${line}`);
    }
  }

  /** Another client's request through the same pool is behind all that could still come to the destination. */
  async end(): Promise<void> {
    await this.#stage.witness(this.#way);
    if (this.#trouble.length > 0) throw new Error(this.#trouble.join('; '));
    const [unlisted] = this.#arrivals.slice(this.#arrivalsTaken);
    if (unlisted !== undefined && unlisted.request.start !== `${this.#mayCome ?? ''} HTTP/1.1`)
      throw new Error('a request came that is not in the script');
    const { messages, rest } = this.#answers();
    if (messages.length > this.#answersTaken || rest !== 'nothing')
      throw new Error('bytes came that are not in the script');
    const begun = [...this.#stage.connections].filter(({ text }) => text !== '');
    if (begun.some(({ text }) => this.#mayBegin === undefined || !text.startsWith(`${this.#mayBegin} HTTP/1.1\r\n`)))
      throw new Error('a request began that is not in the script');
    for (const connection of begun) {
      if (!(await until(this.#stage.changes, () => connection.closed)))
        throw new Error('an unfinished request stays open');
      connection.text = '';
    }
  }

  leave(): void {
    this.#client?.destroy();
    for (const connection of this.#stage.connections) {
      if (connection.text !== '') connection.socket.destroy();
      connection.text = '';
    }
  }

  seen(): string {
    const arrivals = this.#arrivals.map(({ request }) => JSON.stringify(request));
    return `sent ${JSON.stringify(this.#sent)}\ndestination ${arrivals.join('\n  ')}\ncaller ${JSON.stringify(this.#received)}${this.#ended ? ' (ended)' : ''}`;
  }

  async #write(socket: Socket | undefined, bytes: string): Promise<void> {
    for (const piece of piecesOf(bytes, this.#split)) {
      if (socket === undefined || socket.destroyed || !socket.writable) return;
      socket.write(Buffer.from(piece, 'latin1'));
      await turn();
    }
  }

  #answers(): Reading {
    const methods = readRequests(this.#sent).messages.map(({ start }) => start.split(' ', 1)[0] ?? '');
    return readAnswers(this.#received, methods, this.#ended);
  }

  async #expectAnswer(expected: string): Promise<void> {
    await until(this.#stage.changes, () => this.#ended || this.#answers().messages.length > this.#answersTaken);
    const answer = this.#answers().messages[this.#answersTaken];
    const [, refused, cut] = /^refused (\d{3})( or cut)?$/.exec(expected) ?? [];
    if (cut !== undefined && this.#ended && answer === undefined && this.#answers().rest === 'nothing') return;
    if (answer === undefined) throw new Error('no answer came');
    this.#answersTaken += 1;
    if (refused === undefined) same(normalAnswer(answer), normalExpected(expected));
    else if (!answer.start.startsWith(`HTTP/1.1 ${refused} `) || !/"request_id":"[0-9a-f-]{36}"/.test(answer.body))
      throw new Error(`not a refusal with ${refused}: ${answer.start}`);
  }

  /** The proxy may read on for a while before it closes, so that its answer is not lost: a caller that was told ends its side. */
  async #expectClosed(): Promise<void> {
    const last = this.#answers().messages[this.#answersTaken - 1];
    if (last?.last === true && !(await until(this.#stage.changes, () => this.#ended, 30))) this.#client?.end();
    if (!(await until(this.#stage.changes, () => this.#ended))) throw new Error('the connection stays open');
  }

  async #expectCut(): Promise<void> {
    const refused = (): boolean => this.#skipInformational()?.start.startsWith('HTTP/1.1 502 ') === true;
    await until(this.#stage.changes, () => this.#ended || refused());
    if (refused()) {
      this.#answersTaken += 1;
      return;
    }
    if (!this.#ended) throw new Error('the connection stays open');
    if (this.#answers().messages.length > this.#answersTaken) throw new Error('a clean end');
    this.#received = '';
    this.#answersTaken = 0;
  }

  async #expectFlood(): Promise<void> {
    await until(this.#stage.changes, () => this.#ended || this.#skipInformational() !== undefined);
    if (this.#answersTaken > 100) throw new Error(`${this.#answersTaken} informational answers`);
    await this.#expectCut();
  }

  /** What has begun to come must not become whole. */
  async #expectBeginning(expected: string): Promise<void> {
    const begun = (): OriginConnection | undefined =>
      [...this.#stage.connections].find(({ text }) => text.startsWith(`${expected} HTTP/1.1\r\n`));
    if (!(await until(this.#stage.changes, () => begun() !== undefined))) throw new Error('no request began');
    this.#answering = begun();
    this.#mayBegin = expected;
  }

  /** The next answer that is a final one. */
  #skipInformational(): Message | undefined {
    const { messages } = this.#answers();
    while (messages[this.#answersTaken]?.start.startsWith('HTTP/1.1 1') === true) this.#answersTaken += 1;
    return messages[this.#answersTaken];
  }

  async #expectOpen(): Promise<void> {
    const path = '/witness/open-';
    const request = `GET ${this.#way.at(path)} HTTP/1.1\r\n${this.#way.head}\r\n`;
    this.#sent += request;
    this.#client?.write(request);
    await this.#expectAnswer(`HTTP/1.1 200 OK\r\n\r\n${path}`);
  }

  async #expectRequest(expected: string): Promise<void> {
    await until(this.#stage.changes, () => this.#ended || this.#arrivals.length > this.#arrivalsTaken);
    const arrival = this.#arrivals[this.#arrivalsTaken];
    if (arrival === undefined) throw new Error('no request came');
    this.#arrivalsTaken += 1;
    this.#answering = arrival.connection;
    same(normalRequest(arrival.request, this.#way.host, this.#stage.secret), normalExpected(expected));
  }
}

function same(actual: string, expected: string): void {
  if (actual !== expected) throw new Error(`${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
}

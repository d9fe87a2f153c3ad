import { PassThrough, type Duplex } from 'node:stream';
import type { HeaderList } from '../../src/core/header-list.js';
import type { Answer, AnswerHead } from '../../src/upstream/answer.js';

/** What a caller gets of an answer. */
export class Recorded implements Answer {
  gone = false;
  onGone: (() => void) | undefined;
  masked = 0;
  readonly heads: AnswerHead[] = [];
  body = '';
  ended = false;
  trailers: string[] = [];
  informational(head: AnswerHead): void {
    this.heads.push(head);
  }
  head(head: AnswerHead): void {
    this.heads.push(head);
  }
  data(chunk: Buffer): boolean {
    this.body += chunk.toString('latin1');
    return true;
  }
  onceWritable(resume: () => void): void {
    setImmediate(resume);
  }
  end(trailers: HeaderList): void {
    this.ended = true;
    this.trailers = trailers.raw;
  }
  flush(): void {
    return undefined;
  }
  switched(): Duplex {
    return new PassThrough().destroy();
  }
}

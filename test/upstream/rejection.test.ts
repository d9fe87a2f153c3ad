import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { HeaderList } from '../../src/core/header-list.js';
import type { AnswerSink, Flow } from '../../src/upstream/exchange.js';
import { RejectionWatch } from '../../src/upstream/rejection.js';

function start() {
  const told: string[] = [];
  const sink: AnswerSink = {
    onHead: (_flow, status) => void told.push(`head ${status}`),
    onData: (_flow, piece) => void told.push(`data ${piece.toString()}`),
    onEnd: () => void told.push('end'),
    onUpgrade: (status) => void told.push(`upgrade ${status}`),
    onFailure: (error) => void told.push(`failure ${String(error)}`),
    onTurn: () => void told.push('turn'),
  };
  const flow: Flow = {
    pause: () => void told.push('pause'),
    resume: () => void told.push('resume'),
    abort: () => void told.push('abort'),
  };
  let answer: { resolve: (again: boolean) => void; reject: (error: Error) => void } | undefined;
  const decide = jest.fn(() => new Promise<boolean>((resolve, reject) => (answer = { resolve, reject })));
  const onFailure = (_: Flow, error: unknown): void => void told.push(`undecided ${String(error)}`);
  const watch = new RejectionWatch(sink, { decide, onDropped: () => void told.push('dropped'), onFailure });
  return { told, sink, flow, watch, decide, answer: () => answer };
}

const none = new HeaderList();

describe('an answer', () => {
  it.each([200, 400, 403, 407, 503])('of %d goes on as it comes', (status) => {
    const { told, flow, watch, decide } = start();
    watch.onHead(flow, status, '', none);
    watch.onData(flow, Buffer.from('a'));
    watch.onEnd(flow, []);
    watch.onTurn();
    expect(told).toEqual([`head ${status}`, 'data a', 'end', 'turn']);
    expect(decide).not.toHaveBeenCalled();
  });

  it('of 401 waits as it came, though the memory that it was read into is used again', async () => {
    const { told, flow, watch, answer } = start();
    const lent = Buffer.from('one');
    watch.onHead(flow, 401, '', none);
    watch.onData(flow, lent);
    lent.write('two');
    watch.onData(flow, lent);
    lent.fill('!');
    answer()?.resolve(false);
    await turn();
    expect(told.filter((line) => line.startsWith('data'))).toEqual(['data one', 'data two']);
  });

  it('of 401 waits, with all that comes behind it, and then goes on whole', async () => {
    const { told, flow, watch, answer } = start();
    watch.onHead(flow, 401, '', none);
    watch.onData(flow, Buffer.from('a'));
    watch.onTurn();
    expect(told).toEqual(['pause']);
    answer()?.resolve(false);
    await turn();
    watch.onData(flow, Buffer.from('b'));
    watch.onEnd(flow, []);
    expect(told).toEqual(['pause', 'resume', 'head 401', 'data a', 'turn', 'turn', 'data b', 'end']);
  });

  it('of 401 that has come whole lets nothing be read on its connection: that may be another request’s', async () => {
    const { told, flow, watch, answer } = start();
    watch.onHead(flow, 401, '', none);
    watch.onEnd(flow, []);
    answer()?.resolve(false);
    await turn();
    expect(told).toEqual(['pause', 'head 401', 'end', 'turn']);
  });

  it('of 401 is thrown away where the request is sent again, its connection with it', async () => {
    const { told, flow, watch, answer } = start();
    watch.onHead(flow, 401, '', none);
    watch.onData(flow, Buffer.from('a'));
    answer()?.resolve(true);
    await turn();
    watch.onData(flow, Buffer.from('b'));
    watch.onFailure('cut');
    watch.onTurn();
    expect(told).toEqual(['pause', 'dropped', 'abort']);
  });

  it('of 401 is thrown away without the connection where all of it has come', async () => {
    const { told, flow, watch, answer } = start();
    watch.onHead(flow, 401, '', none);
    watch.onEnd(flow, []);
    answer()?.resolve(true);
    await turn();
    expect(told).toEqual(['pause', 'dropped']);
  });

  it('of 401 fails where that cannot be decided, or not be handed on', async () => {
    const { told, flow, watch, answer } = start();
    watch.onHead(flow, 401, '', none);
    answer()?.reject(new Error('no log'));
    await turn();
    expect(told).toEqual(['pause', 'undecided Error: no log']);
    const other = start();
    other.watch.onHead(other.flow, 401, '', none);
    other.sink.onHead = () => {
      throw new Error('not to be scrubbed');
    };
    other.answer()?.resolve(false);
    await turn();
    expect(other.told).toEqual(['pause', 'resume', 'undecided Error: not to be scrubbed']);
  });

  it('of 401 goes before what was held back and is told as soon as it is asked for', async () => {
    const { told, flow, watch, answer } = start();
    flow.resume = () => {
      told.push('resume');
      watch.onData(flow, Buffer.from('kept'));
      watch.onEnd(flow, []);
    };
    watch.onHead(flow, 401, '', none);
    answer()?.resolve(false);
    await turn();
    expect(told).toEqual(['pause', 'resume', 'head 401', 'data kept', 'end', 'turn']);
  });

  it('that has come whole has no hold on its connection any more', () => {
    const { told, flow, watch, sink } = start();
    sink.onFailure = (error) => void told.push(`failure ${String(error)}`);
    watch.onHead(flow, 200, '', none);
    watch.onEnd(flow, []);
    watch.pause();
    watch.resume();
    watch.abort('gone');
    expect(told).toEqual(['head 200', 'end', 'failure gone']);
  });

  it('that fails while it waits fails when it is decided', async () => {
    const { told, flow, watch, answer } = start();
    watch.onHead(flow, 401, '', none);
    watch.onFailure('cut');
    expect(told).toEqual(['pause']);
    answer()?.resolve(false);
    await turn();
    expect(told).toEqual(['pause', 'resume', 'head 401', 'failure cut', 'turn']);
  });
});

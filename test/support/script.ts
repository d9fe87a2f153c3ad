import { nameOf, type Split } from './pieces.js';
import { Play } from './play.js';
import { openStage, type Arrival, type Stage, type Way } from './stage.js';

/**
 * A conversation, line by line; whatever is not in it fails it.
 *
 * | line | means |
 * |---|---|
 * | `client > BYTES` | the caller sends these bytes |
 * | `origin < METHOD TARGET[\r\nfields][\r\n\r\nbody]` | a whole request comes, equal to this but for what the proxy may change |
 * | `origin begins METHOD TARGET` | such a request begins to come, and is not whole |
 * | `origin ~ METHOD TARGET` | such a request may have begun to come; it must not be whole |
 * | `origin ? METHOD TARGET` | such a request may come, whole or not |
 * | `origin > BYTES` | the destination answers on the connection of the last request |
 * | `origin closes` | the destination ends that connection |
 * | `client < STATUS LINE[\r\nfields][\r\n\r\nbody]` | a whole answer comes |
 * | `client < refused STATUS` | a whole answer of the proxy's own comes |
 * | `client < refused STATUS or cut` | the same, or the end of the connection before any answer: what comes while the caller is still sending may be lost |
 * | `client cut` | the connection ends without a whole answer, or with a refusal with 502: never with a clean end |
 * | `client closes` | the caller ends its side |
 * | `client flooded` | any number of informational answers up to a hundred, then the end as in `client cut` |
 * | `client closed` | the proxy ends the connection; nothing behind the last answer |
 * | `others served` | another client asks on the same way, and gets its own answer: what came before has been read by then |
 * | `client open` | the connection takes another request, and gets the answer to that one |
 */
export type Script = readonly string[];

/** Runs scripts, one after the other, on one proxy. */
export class Playhouse {
  #arrivals: Arrival[] = [];
  #trouble: string[] = [];
  #stage: Stage | undefined;

  async open(limits?: string): Promise<void> {
    this.#stage = await openStage(
      {
        onArrival: (arrival) => void this.#arrivals.push(arrival),
        onTrouble: (why) => void this.#trouble.push(why),
      },
      limits,
    );
  }

  get stage(): Stage {
    if (this.#stage === undefined) throw new TypeError('the stage is not open');
    return this.#stage;
  }

  get ways(): readonly Way[] {
    return this.stage.ways;
  }

  close(): Promise<void> {
    return this.stage.close();
  }

  /** Plays the first of these that fits: for what has one reading, and may still be refused. */
  async playOne(scripts: readonly Script[], way: Way, split: Split): Promise<void> {
    const failures: Error[] = [];
    for (const script of scripts) {
      try {
        await this.play(script, way, split);
        return;
      } catch (error) {
        failures.push(error as Error);
        await this.stage.witness(way);
      }
    }
    throw new Error(failures.map(({ message }) => message).join('\n'));
  }

  /** Rejects with the line, what has come instead, and the way to run it again. */
  async play(script: Script, way: Way, split: Split): Promise<void> {
    this.#arrivals = [];
    this.#trouble = [];
    const play = new Play(this.stage, way, split, this.#arrivals, this.#trouble);
    await play.start();
    let line = 'the beginning';
    try {
      for (line of script) await play.step(line);
      line = 'the end';
      await play.end();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const cause = error instanceof TypeError ? { cause: error } : {};
      throw new Error(`${way.name}, ${nameOf(split)}, at ${JSON.stringify(line)}: ${why}\n${play.seen()}`, cause);
    } finally {
      play.leave();
    }
  }
}

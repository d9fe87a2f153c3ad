// What the clients of this folder print: their answers, what an error said, and all that a program could read of its credentials.
import { readFileSync } from 'node:fs';

/** What a call that has to fail said: a server's words, most of all. */
export async function failure(call) {
  try {
    await call();
  } catch (error) {
    return { name: error.constructor.name, status: error.status ?? error.statusCode, text: String(error.message) };
  }
  throw new Error('it was to fail');
}

export function say(answers) {
  console.log(
    JSON.stringify({ ...answers, environment: process.env, held: readFileSync('/proc/self/environ', 'latin1') }),
  );
}

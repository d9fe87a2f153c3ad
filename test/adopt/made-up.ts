import { randomInt } from 'node:crypto';

const alphabets: Readonly<Record<string, string>> = {
  hex: '0123456789abcdef',
  digits: '0123456789',
  lower: 'abcdefghijklmnopqrstuvwxyz0123456789',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
  alnum: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  base64url: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
};

/** A made-up secret of a shape such as `ghp_<36 alnum>`, another one each time. */
export function madeUp(shape: string): string {
  return shape
    .replace('<uuid>', '<8 hex>-<4 hex>-<4 hex>-<4 hex>-<12 hex>')
    .replace(/<(\d+) (\w+)>/g, (_, length: string, alphabet: string) => {
      const characters = alphabets[alphabet] ?? '';
      return Array.from({ length: Number(length) }, () => characters[randomInt(characters.length)]).join('');
    });
}

import { execFileSync } from 'node:child_process';
import { z } from 'zod';
import { HeaderList } from '../../src/core/header-list.js';
import { hmacInjection, hmacSigner } from '../../src/inject/hmac.js';
import type { Injection, Mode, Signable, Signed } from '../../src/inject/index.js';
import { credentials, somePlaceholders } from './credentials.js';

export const placeholders = somePlaceholders();
export const now = Date.parse('2027-01-31T12:00:00.123Z');
export const nonce = '0123456789abcdef0123456789abcdef';
export const schema = z.strictObject(hmacSigner.options);

export interface Entry {
  readonly mode?: Mode;
  readonly [option: string]: unknown;
}

export function make({ mode = 'set', ...options }: Entry = {}): Injection {
  const whole = schema.parse({
    secret: 'github',
    algorithm: 'sha256',
    message: '{method}{target}',
    encoding: 'hex',
    header: 'X-Signature',
    ...options,
  });
  return hmacInjection(whole, { mode, placeholders }, { now: () => now, nonce: () => nonce });
}

export type Request = Partial<Omit<Signable, 'headers'>> & {
  readonly headers?: readonly string[];
  readonly body?: string;
};

export function signable({ headers = [], body, ...more }: Request = {}): Signable {
  const content = body === undefined ? undefined : Buffer.from(body);
  return {
    method: 'POST',
    scheme: 'https',
    host: 'api.example.com',
    path: '/v1/orders?limit=5&side=buy',
    content,
    hasBody: content !== undefined,
    ...more,
    headers: new HeaderList(headers),
  };
}

export const sign = (injection: Injection, request: Signable, fields: Record<string, string>): Signed =>
  injection.sign?.(request, 'desk', credentials({ github: fields })) as Signed;

/** Another implementation than the one that is tested. */
export function openssl(algorithm: string, key: Buffer, message: Buffer | string): Buffer {
  const args = ['dgst', `-${algorithm}`, '-mac', 'HMAC', '-macopt', `hexkey:${key.toString('hex')}`, '-binary'];
  return execFileSync('openssl', args, { input: message });
}

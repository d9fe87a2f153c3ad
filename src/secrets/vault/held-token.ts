import type { Sealed } from '../../core/sealed.js';

/** A token of ours, for as long as it lives. Times in milliseconds since the epoch. */
export interface HeldToken {
  readonly sealed: Sealed;
  readonly isOurs: boolean;
  expiresAt: number;
  /** From when on it is renewed, or another one fetched. */
  refreshAt: number;
  ttl: number;
  renewable: boolean;
}

/** Renewed, or replaced, at two thirds. `ttl`: what is left to it now; `usual`: what it is given at a time. */
export function lifeOf(now: number, ttl: number, usual: number): { expiresAt: number; refreshAt: number; ttl: number } {
  return { expiresAt: now + ttl, refreshAt: now + (ttl * 2) / 3, ttl: usual };
}

/**
 * The `code` of a system or library error, such as ENOENT. Read by shape: an error of another realm (a worker, a test)
 * is no instance of this realm's Error.
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

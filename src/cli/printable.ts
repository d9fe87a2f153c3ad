/** Printable ASCII; anything else as \uXXXX, and not without end: what a caller put into names moves no cursor. */
export function printable(text: string, most = 300): string {
  const escaped = text.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return escaped.length > most ? `${escaped.slice(0, most)}…` : escaped;
}

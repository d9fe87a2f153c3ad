/** Names of variables and options that usually hold a secret. */
const telling =
  /token|secret|passw(?:or)?d|passphrase|api[_-]?key|apikey|credential|private[_-]?key|access[_-]?key|auth[_-]?key|(?:^|[_-])(?:key|pat|pwd|auth|authorization|creds?|cookie|jwt)$/i;

/** Variables of systems and tools that are named alike and hold a path, a socket or a setting. */
const harmless =
  /^(?:SSH_AUTH_SOCK|SSH_AGENT_PID|XDG_\w+|COLORTERM|GPG_AGENT_INFO|DBUS_SESSION_BUS_ADDRESS|GNOME_KEYRING_\w+|TERM_SESSION_ID|ITERM_SESSION_ID|SECURITYSESSIONID|PUBLIC_KEY|KITTY_PUBLIC_KEY|PASSWORD_STORE_\w+|INVOCATION_ID|JOURNAL_STREAM|(?:SSH|GIT|SUDO)_ASKPASS\w*|VSCODE_GIT_ASKPASS_\w+|TOKENIZERS_PARALLELISM|\w*(?:MAX|MIN|NUM|COUNT|LIMIT)_?\w*TOKENS?|\w+_(?:FILE|PATH|DIR|URL|URI|HOST|ENDPOINT|TTL|TIMEOUT|NAME|ID|TYPE|ALGORITHM))$/i;

/** Shorter values are words and settings more often than secrets; a password is one at any length that people choose. */
const shortest = 16;
const shortestPassword = 8;
/** Bits of each character (Shannon): English words lie below, random text of 16 characters and more above. */
const randomness = 3;

/** Does a value under this name look like a secret that nothing else tells? */
export function isSecretByName(name: string, value: string): boolean {
  return telling.test(name) && !harmless.test(name) && isRandom(name, value.trim()) && !isPlain(name, value.trim());
}

/** Does this name say that what it holds is a secret? */
export function isTellingName(name: string): boolean {
  return telling.test(name) && !harmless.test(name);
}

function isRandom(name: string, value: string): boolean {
  if (/passw|pwd/i.test(name) && value.length >= shortestPassword && value.length < shortest) return true;
  if (value.length < shortest) return false;
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits >= randomness;
}

/** A path, a URL or a number: no secret. A password in a URL is looked for by its shape. Words are no secret unless they are a password. */
function isPlain(name: string, value: string): boolean {
  return (
    /^(?:\.{0,2}|~|[A-Za-z]:)[\\/][^+=]*$/.test(value) ||
    /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ||
    /^[\d.,:+-]+$/.test(value) ||
    (!/pass/i.test(name) && /^[A-Za-z]+(?:[\s._,:/-]+[A-Za-z]+)+$/.test(value))
  );
}

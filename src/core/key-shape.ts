/**
 * Whether a text begins as the keys of well-known services do. Somebody has typed a key where its name belongs: nothing repeats it.
 * GitHub, GitLab, OpenAI and kin, Stripe and WorkOS, Slack, AWS, JWT, Google, Vault, npm.
 */
export function beginsLikeKey(text: string): boolean {
  return /^(?:gh[a-z]_|github_pat_|glpat-|sk-|[sprw]k_|xox|AKIA|ASIA|eyJ|AIza|hvs\.|npm_(?!config))/.test(text);
}

/** What stands for a text that is not shown. */
export const unshown = '(not shown: it could be a secret)';

/** Shorter words are shown whatever they are made of: `1m30s`, `HS256`. */
const shortest = 8;

/** `30s`, `1h30m`, `64KiB`: each unit of time at most once, as random letters of a key seldom are. */
const amount =
  /^(?:\d{1,7}(?:[KMGT]i?)?[Bb]|\d{1,7}(?:[smhd]|ms)|(?:\d{1,3}d)?(?:\d{1,3}h)?(?:\d{1,3}m)?(?:\d{1,3}s)?(?:\d{1,3}ms)?)$/;

/**
 * Whether a text could be a key or a password, so that no message may repeat it: one of its words begins like a key, mixes letters and
 * digits, or has a character in it that names have not, and is none of the usual shapes. A password of letters alone cannot be told.
 */
export function couldBeKey(text: string): boolean {
  if (text.split(/[\s=:"'{}]/).some(beginsLikeKey)) return true;
  return text.split(/\s+/).some((word) => word.length >= shortest && isMixed(word) && !isUsual(word));
}

/** A name for a message: whoever typed a key in its place finds nothing of it there. */
export function shownName(name: string): string {
  return couldBeKey(name) ? unshown : name;
}

/**
 * `path`, for a message about a file that is not there, where it was given as `given`. A given path that begins at a folder is likely one:
 * it is shown unless a part of it looks generated, as those of temporary folders do not.
 */
export function shownPath(given: string, path: string): string {
  const isPath = /^(?:\.{0,2}|~)\/[^/]+\//.test(given) || /^(?:\.{1,2}|~)(?:\/|$)/.test(given);
  const isHidden = isPath ? given.split('/').some(isGenerated) : couldBeKey(given);
  return isHidden ? unshown : path;
}

function isGenerated(part: string): boolean {
  if (beginsLikeKey(part) || (part.length >= shortest && hasOddCharacter(part))) return true;
  const runs = part.match(/[A-Za-z0-9+=]{8,}/g) ?? [];
  return runs.some((run) => [/[a-z]/, /[A-Z]/, /\d/].every((one) => one.test(run)));
}

function isMixed(word: string): boolean {
  const [hasLetter, hasDigit] = [/\p{L}/u.test(word), /\d/.test(word)];
  if (hasOddCharacter(word) || /\d{9}/.test(word)) return true;
  return (hasLetter && hasDigit) || changesCase(word);
}

/** Names have letters, digits, and marks that part or surround them. */
function hasOddCharacter(word: string): boolean {
  return /[^\p{L}\p{N}_.:/@*,{}<>()[\]+%#=$-]|[^$]\$/u.test(word);
}

/** Letters of both cases by chance, and not as in `ReadOnlyAccess`. */
function changesCase(word: string): boolean {
  return (word.match(/[a-z][A-Z]/g) ?? []).length > word.length / 6;
}

const usual: readonly RegExp[] = [
  // Hosts, with a port or not.
  /^(?:localhost|(?:[a-z0-9*-]+\.)+[a-z]{2,12}\.?)(?::\d{1,5})?$/,
  // Addresses of IPv6, and blocks of them.
  /^\[?(?=[^:]*:[^:]*:)[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}\]?(?::\d{1,5}|\/\d{1,3})?$/,
  // URLs without user name, password or query.
  /^[a-z][a-z0-9+]{1,8}:\/\/[a-z0-9.-]+(?::\d{1,5})?(?:\/[a-z0-9_./-]*)?$/,
  // Paths from a folder on, and names of files.
  /^(?:unix:)?(?:~|\.{1,2})?\/(?:[\w.*/-]|%[0-9a-f]{2})*$/,
  /^[a-z0-9._-]+(?:\/[a-z0-9._-]+)+$/,
  /^[\w-]+\.(?:age|conf|crt|env|json|jwt|key|pem|sock|toml|txt|ya?ml)$/,
  // Variables of the environment, regions of clouds, durations and sizes, versions.
  /^\$?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/,
  /^[a-z]{2}(?:-[a-z]{3,9}){1,2}-?\d$/,
  amount,
  /^v?\d{1,3}(?:\.\d{1,4}){1,3}(?:-(?:alpha|beta|rc)\.?\d{0,2})?$/,
];

/** Of a usual shape, and of parts that are not generated either. */
function isUsual(word: string): boolean {
  if (!usual.some((shape) => shape.test(word))) return false;
  const parts = word.split(/[^A-Za-z0-9]+/);
  return parts.every((part) => part.length <= 3 || amount.test(part) || isPlain(part));
}

/** A word in one case, with a number behind it, or a number. */
function isPlain(part: string): boolean {
  return /^(?:[A-Z]?[a-z]*|[A-Z]+)\d{0,3}$|^\d{1,5}$/.test(part);
}

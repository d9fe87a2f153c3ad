/** Settings of the user's own that would lead around the proxy or away from our bundle. */
const ours =
  /^\s*(?:use_?proxy|https?_?proxy|ftp_?proxy|no_?proxy|proxy_?(?:user|password)|ca_?certificate|ca_?directory)\s*=/i;

/** The user's settings for wget with our bundle: wget has no variable for a CA, only a variable for its settings file. */
export function wgetSettings(existing: string, bundle: string): string {
  const kept = existing.split(/\r?\n/).filter((line) => line.trim() !== '' && !ours.test(line));
  return [...kept, `ca_certificate = ${bundle}`, ''].join('\n');
}

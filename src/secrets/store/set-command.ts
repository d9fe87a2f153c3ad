/** The whole command that puts a secret into the store that this configuration file names, to be pasted into a shell. */
export function setCommand(name: string, configFile: string | undefined): string {
  return `\`keywright secret set ${name}${configFile === undefined ? '' : ` --config ${shellWord(configFile)}`}\``;
}

function shellWord(text: string): string {
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

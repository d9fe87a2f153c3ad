/**
 * Sets one secret after the other in a store, as `keywright secret set` does, and tells each one that is in.
 * Arguments: the folder of the compiled program, that of the store, what the names begin with, and how many.
 */
const [dist, folder, prefix, count] = process.argv.slice(2);
const { openStore } = await import(`${dist}/secrets/store/index.js`);
const store = openStore(
  { file: `${folder}/secrets.age`, identity: { from: 'file', path: `${folder}/secrets-identity.txt` } },
  { environment: {}, platform: 'linux', clock: { now: Date.now, elapsed: () => 0 } },
);
console.log('ready');
for (let index = 0; index < Number(count); index += 1) {
  const secret = { fields: new Map([['value', `${prefix}-value-${index}`]]), changed: new Date().toISOString() };
  await store.change((contents = new Map()) => new Map([...contents, [`${prefix}${index}`, secret]]));
  console.log(`${prefix}${index}`);
}

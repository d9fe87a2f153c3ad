/**
 * Whether a text begins as the keys of well-known services do. Somebody has typed a key where its name belongs: nothing repeats it.
 * GitHub, GitLab, OpenAI and kin, Stripe and WorkOS, Slack, AWS, JWT, Google, Vault, npm.
 */
export function beginsLikeKey(text: string): boolean {
  return /^(?:gh[a-z]_|github_pat_|glpat-|sk-|[sprw]k_|xox|AKIA|ASIA|eyJ|AIza|hvs\.|npm_(?!config))/.test(text);
}

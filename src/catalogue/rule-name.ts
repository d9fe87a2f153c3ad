import type { MintingRule, Service } from './service.js';

/** What a rule on new credentials is called wherever it is spoken of: in `unsafe_minting`, refusals, `check` and docs/services.md. */
export function ruleName({ name }: Pick<Service, 'name'>, rule: Pick<MintingRule, 'name'>): string {
  return `${name}/${rule.name}`;
}

/** The names of all rules of a service. */
export function ruleNames(service: Service): readonly string[] {
  return 'rules' in service.minting ? service.minting.rules.map((rule) => ruleName(service, rule)) : [];
}

import type { Template } from '../template.ts'
import { DATA_RULES } from './data-rules.ts'
import { NETWORK_RULES } from './network-rules.ts'
import { POLICY_RULES } from './policy-rules.ts'
import { resourcesOf } from './rule.ts'
import { parameterFaults, SECRET_RULES } from './secret-rules.ts'

const RULES = [...DATA_RULES, ...NETWORK_RULES, ...POLICY_RULES, ...SECRET_RULES]

/**
 * The security rules, over all templates together: one line per breach. CloudFormation would deploy what they refuse;
 * what it refuses itself is left to it, and to cfn-lint.
 */
export function securityFaults(templates: Template[]): string[] {
  const all = templates.flatMap(resourcesOf)
  const say = (name: string, path: string, message: string) => `${name}.yaml: ${path} ${message}.`
  return [
    ...all.flatMap((found) =>
      RULES.filter(({ types }) => !types || types.includes(found.type)).flatMap(({ faults }) =>
        faults(found, all).map(([path, message]) => say(found.template.name, `Resources.${found.id}.${path}`, message)),
      ),
    ),
    ...templates.flatMap((template) =>
      parameterFaults(template).map(([path, message]) => say(template.name, path, message)),
    ),
  ]
}

import type { Template } from '../template.ts'
import { callsIn, isSection } from './functions.ts'
import type { Problem } from './lint.ts'
import { section } from './schema.ts'

/** What one template imports, another exports: `${NetworkStack}-VpcId` is the export `VpcId` of network.yaml. */
export function checkExports(templates: Template[]): Problem[] {
  const problems: Problem[] = []
  const imported = new Set<string>()
  const exported = new Map<string, string>()
  for (const template of templates)
    for (const [id, output] of Object.entries(section(template, 'Outputs'))) {
      const path = `Outputs.${id}`
      const say = (message: string) => problems.push({ template: template.name, path, message })
      if (!isSection(output)) {
        say('is no output')
        continue
      }
      for (const key of Object.keys(output))
        if (!['Description', 'Value', 'Export', 'Condition'].includes(key)) say(`${key} is no part of an output`)
      if (!output.Description) say('has no description')
      if (output.Value === undefined) say('has no value')
      if (output.Export === undefined) continue
      const name = isSection(output.Export) && isSection(output.Export.Name) ? output.Export.Name['Fn::Sub'] : undefined
      if (name === `\${AWS::StackName}-${id}`) exported.set(`${template.name}-${id}`, template.name)
      else say('must be exported under the name of the stack, a dash and its own')
    }

  for (const template of templates)
    for (const { name, argument, path } of callsIn(template.body, '')) {
      if (name !== 'Fn::ImportValue') continue
      const from = isSection(argument) ? String(argument['Fn::Sub']) : ''
      const [, stack, output] = /^\$\{(\w+)Stack\}-(\w+)$/.exec(from) ?? []
      const key = `${stack?.toLowerCase()}-${output}`
      imported.add(key)
      if (!exported.has(key))
        problems.push({ template: template.name, path, message: `no template exports ${output ?? from} for ${stack}` })
    }

  for (const [key, template] of exported)
    if (!imported.has(key))
      problems.push({ template, path: `Outputs.${key.slice(template.length + 1)}`, message: 'is exported to nobody' })
  return problems
}

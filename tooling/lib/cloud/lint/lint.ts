import { parseTemplate, renderTemplate, type Template } from '../template.ts'
import { checkExports } from './exports.ts'
import { checkParameters } from './parameters.ts'
import { checkReferences } from './references.ts'
import { checkResources } from './schema.ts'
import { checkSecurity } from './security.ts'

export type Problem = { template: string; path: string; message: string }

const PARTS = ['AWSTemplateFormatVersion', 'Description', 'Metadata', 'Parameters', 'Rules', 'Mappings']
const ALL_PARTS = [...PARTS, 'Conditions', 'Resources', 'Outputs']
/** What create-change-set takes as a text; more would need a bucket. */
const TEMPLATE_BYTES = 51_200

/** Everything that can be known about the templates without an account; they are looked at as they are deployed. */
export function lint(templates: Template[]): Problem[] {
  const rendered = templates.map((template) => parseTemplate(template.name, renderTemplate(template)))
  const each = rendered.flatMap((template) => [...checkSize(template), ...checkTemplate(template)])
  return [...each, ...checkExports(rendered), ...checkSecurity(rendered)]
}

/** As a line for a person: network.yaml: Resources.Vpc.Properties.CidrBlok is no property here. */
export function sentence({ template, path, message }: Problem): string {
  return `${template}.yaml: ${path} ${message}.`
}

/** What is wrong with one template by itself, apart from what it means. */
export function checkTemplate(template: Template): Problem[] {
  return [
    ...checkParts(template),
    ...checkParameters(template),
    ...checkResources(template),
    ...checkReferences(template),
  ]
}

function checkParts(template: Template): Problem[] {
  const problems: Problem[] = []
  const say = (path: string, message: string) => problems.push({ template: template.name, path, message })
  for (const part of Object.keys(template.body)) if (!ALL_PARTS.includes(part)) say(part, 'is no part of a template')
  if (template.body.AWSTemplateFormatVersion !== '2010-09-09') say('AWSTemplateFormatVersion', "must be '2010-09-09'")
  if (typeof template.body.Description !== 'string') say('Description', 'is missing')
  return problems
}

function checkSize({ name, document }: Template): Problem[] {
  const bytes = Buffer.byteLength(document.toString())
  if (bytes <= TEMPLATE_BYTES) return []
  return [{ template: name, path: 'The text', message: `has ${bytes} bytes; ${TEMPLATE_BYTES} can be deployed` }]
}

import { inside, isSection, section, type Template, type Value } from '../template.ts'

/** A resource of a template with what the rules ask of it. */
export type Found = {
  template: Template
  id: string
  type: string
  resource: Record<string, Value>
  properties: Record<string, Value>
}

/** What is wrong with a resource: the place inside it, and the message. */
export type Fault = [path: string, message: string]

export type Rule = {
  /** The resource types it applies to; undefined: all. */
  types?: string[]
  faults: (found: Found, all: Found[]) => Fault[]
}

export function resourcesOf(template: Template): Found[] {
  return Object.entries(section(template, 'Resources')).flatMap(([id, resource]) =>
    isSection(resource)
      ? [
          {
            template,
            id,
            type: String(resource.Type),
            resource,
            properties: isSection(resource.Properties) ? resource.Properties : {},
          },
        ]
      : [],
  )
}

/** A fault unless the condition holds. */
export function unless(condition: unknown, path: string, message: string): Fault[] {
  return condition ? [] : [[path, message]]
}

/** A rule that one property of some types must have one value. */
export function mustBe(types: string[], path: string, value: Value, why = ''): Rule {
  const message = `must be ${value}${why && `: ${why}`}`
  return { types, faults: ({ properties }) => unless(inside(properties, ...path.split('.')) === value, path, message) }
}

/** A rule that one property of some types must be there. */
export function mustHave(types: string[], path: string, why = ''): Rule {
  const message = `must be set${why && `: ${why}`}`
  return { types, faults: ({ properties }) => unless(inside(properties, ...path.split('.')), path, message) }
}

/** Every key at every depth: its path, the key, its value. */
export function* entriesOf(value: Value, path = ''): Generator<[path: string, key: string, value: Value]> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    const here = path ? `${path}.${key}` : key
    yield [here, key, inner as Value]
    yield* entriesOf(inner as Value, here)
  }
}

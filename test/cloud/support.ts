import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Compute, type Environment, environment } from '../../tooling/lib/cloud/plan.ts'
import type { Section, Template, Value } from '../../tooling/lib/cloud/template.ts'

/** Does the work with what it prints kept, both streams together. */
export async function capture<T>(work: () => Promise<T>): Promise<{ result?: T; error?: unknown; printed: string }> {
  let printed = ''
  const streams = [process.stdout, process.stderr] as const
  const writes = streams.map((stream) => stream.write)
  for (const stream of streams)
    stream.write = ((text: string | Uint8Array) => {
      printed += String(text)
      return true
    }) as typeof stream.write
  try {
    return { result: await work(), printed }
  } catch (error) {
    return { error, printed }
  } finally {
    for (const [i, stream] of streams.entries()) stream.write = writes[i]!
  }
}

/** The value at a path of a template, its keys separated by slashes. */
export function at(template: Template, path: string): Value | undefined {
  return path.split('/').reduce<Value | undefined>((value, key) => (value as Section | undefined)?.[key], template.body)
}

/** A copy of the template with the value at the path changed; undefined removes it. */
export function changed(template: Template, path: string[], value: Value | undefined): Template {
  return { ...template, body: replaced(template.body, path, value) as Section }
}

function replaced(at: Value, [key, ...rest]: string[], value: Value | undefined): Value | undefined {
  if (key === undefined) return value
  const copy = (Array.isArray(at) ? [...at] : { ...(at as Section) }) as Section
  const inner = replaced(copy[key] ?? null, rest, value)
  if (inner === undefined) delete copy[key]
  else copy[key] = inner
  return copy
}

/** An environment with these parameters, and else the defaults. */
export function plainEnvironment(
  dir: string,
  env: string,
  compute: Compute,
  region: string,
  parameters = {},
): Environment {
  const folder = join(dir, 'parameters')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${env}.json`), JSON.stringify(parameters))
  return environment(env, compute, region, folder)
}

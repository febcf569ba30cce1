import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { PROJECT } from '../../tooling/lib/project.ts'

export type Service = {
  image: string
  user?: string
  command?: string[]
  entrypoint?: string[]
  environment?: Record<string, string>
  env_file?: string[]
  volumes?: string[]
  tmpfs?: string[]
  ports?: string[]
  networks: string[]
  profiles?: string[]
  depends_on?: Record<string, { condition: string }>
  healthcheck?: { test: string[]; start_interval?: string }
  restart?: string
  read_only?: boolean
  cap_drop?: string[]
  cap_add?: string[]
  security_opt?: string[]
  mem_limit?: string
  shm_size?: string
  pids_limit?: number
  privileged?: boolean
}

export type Compose = { name: string; services: Record<string, Service>; volumes: object; networks: object }

/** compose.yaml as compose reads it: with anchors merged and variables from `env`. Throws if a required one is missing. */
export function readCompose(env: Record<string, string>): Compose {
  return replaced(parse(readFileSync(join(PROJECT, 'compose.yaml'), 'utf8'), { merge: true }), env) as Compose
}

/** Each variable in compose.yaml, with what follows its name: ':-8080', ':?message'. */
export function variablesOf(text: string): { name: string; rest: string }[] {
  return [...text.matchAll(/\$\{(\w+)([^}]*)\}/g)].map(([, name, rest]) => ({ name: name!, rest: rest! }))
}

function replaced(value: unknown, env: Record<string, string>): unknown {
  if (Array.isArray(value)) return value.map((each) => replaced(each, env))
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, replaced(each, env)]))
  if (typeof value !== 'string') return value
  return value.replace(/\$\{(\w+)(?:(:-|:\?)([^}]*))?\}/g, (_, name: string, how: string, text: string) => {
    if (env[name]) return env[name]
    if (how === ':-') return text
    throw new Error(`${name}: ${text}`)
  })
}

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'

const FILE = resolve(import.meta.dirname, '../../../infra/postgrest.env')

/** PostgREST's settings from infra/postgrest.env; variables of the environment come first, as they do for PostgREST. */
export function postgrestSettings(): Record<string, string> {
  const settings = parseEnv(readFileSync(FILE, 'utf8')) as Record<string, string>
  for (const [name, value] of Object.entries(process.env))
    if (name.startsWith('PGRST_') && value) settings[name] = value
  return settings
}

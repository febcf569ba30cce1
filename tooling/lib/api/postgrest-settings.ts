import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'

const FILE = resolve(import.meta.dirname, '../../../infra/postgrest.env')

/** The anonymous role of a private feed: it sees the health and nothing else. */
const CLOSED = 'web_closed'

/** PostgREST's settings from infra/postgrest.env; variables of the environment come first, as they do for PostgREST. */
export function postgrestSettings({ isPrivate = false } = {}): Record<string, string> {
  const settings = parseEnv(readFileSync(FILE, 'utf8')) as Record<string, string>
  for (const [name, value] of Object.entries(process.env))
    if (name.startsWith('PGRST_') && value) settings[name] = value
  return isPrivate ? { ...settings, PGRST_DB_ANON_ROLE: CLOSED } : settings
}

/** Whether reading needs a token. */
export function isClosed(settings: Record<string, string | undefined>): boolean {
  return settings.PGRST_DB_ANON_ROLE === CLOSED
}

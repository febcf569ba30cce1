import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { writeText } from '../files.ts'

/** What setup did to each variable. */
export type Setup = { file: string; added: string[]; kept: string[]; notes: string[] }

type Values = Record<string, string>

/** Compose does not start without these. */
export const SECRETS = ['POSTGRES_PASSWORD', 'AUTHENTICATOR_PASSWORD', 'PGRST_JWT_SECRET', 'GRAFANA_PASSWORD']

/**
 * Completes `file` from `example`: appends what is missing, with its comment, fills in what is empty, and keeps what has a
 * value. Secrets are random, and only the owner may read the file.
 */
export function setupEnv(file: string, example: string): Setup {
  const old = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const had = parseEnv(old) as Values
  const blocks = blocksOf(readFileSync(example, 'utf8'))
  const values = { ...had }
  const added = blocks
    .filter(({ name, value }) => !had[name] && (value || SECRETS.includes(name)))
    .map(({ name }) => name)
  for (const { name, value } of blocks)
    if (added.includes(name)) values[name] = SECRETS.includes(name) ? random() : value
  if (added.includes('DATABASE_URL')) values.DATABASE_URL = stackUrl(values)

  let text = old
  for (const { name, comment } of blocks) {
    if (!added.includes(name)) continue
    const line = `${name}=${values[name]}`
    const empty = new RegExp(`^(export )?${name}=[ \\t]*(''|"")?[ \\t]*$`, 'm')
    if (empty.test(text)) text = text.replace(empty, () => line)
    else text = `${text}${text && !text.endsWith('\n') ? '\n' : ''}${text ? '\n' : ''}${comment}${line}\n`
  }
  if (text !== old) writeText(file, text)
  else if (old) chmodSync(file, 0o600)

  const kept = blocks.map(({ name }) => name).filter((name) => had[name])
  return { file, added, kept, notes: notesOn(had, values) }
}

/** The URL of the stack's database on this machine. */
function stackUrl({ POSTGRES_PASSWORD = '', POSTGRES_PORT }: Values): string {
  return `postgres://postgres:${encodeURIComponent(POSTGRES_PASSWORD)}@127.0.0.1:${POSTGRES_PORT || 5432}/xmonitor?sslmode=disable`
}

function notesOn(had: Values, values: Values): string[] {
  const notes: string[] = []
  if (had.DATABASE_URL && had.DATABASE_URL !== stackUrl(values))
    notes.push(
      'DATABASE_URL was already set and is kept, so the commands use that database. To use the one of the stack, remove the line and run this again.',
    )
  if ((values.PGRST_JWT_SECRET ?? '').length < 32)
    notes.push('PGRST_JWT_SECRET has fewer than 32 characters: PostgREST does not start with it.')
  if (/[^\w.~-]/.test(values.POSTGRES_PASSWORD ?? ''))
    notes.push('POSTGRES_PASSWORD has characters with a meaning in a URL: docker compose run tools cannot use it.')
  return notes
}

type Block = { name: string; value: string; comment: string }

/** Each variable of the example, with the comment lines directly above it. */
function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  let comment = ''
  for (const line of text.split('\n')) {
    const [, name, value = ''] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? []
    if (name) blocks.push({ name, value, comment })
    comment = line.startsWith('#') ? `${comment}${line}\n` : ''
  }
  return blocks
}

/** 256 bits, in characters that need no quoting in a URL, a shell or an .env file. */
function random(): string {
  return randomBytes(32).toString('base64url')
}

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MIN_SECRET } from '../api/token.ts'
import { Failure } from '../errors.ts'
import { writeText } from '../files.ts'

/** The secret for tokens: PGRST_JWT_SECRET, else one of the local server's own folder, generated once. */
export function jwtSecret(data: string): string {
  const secret = process.env.PGRST_JWT_SECRET || storedSecret(data)
  if (secret) return secret
  writeText(fileIn(data), randomBytes(32).toString('hex'))
  return readFileSync(fileIn(data), 'utf8')
}

/** The secret that the local server of this folder uses. */
export function localSecret(data: string): string {
  const secret = process.env.PGRST_JWT_SECRET || storedSecret(data)
  if (secret) return secret
  throw new Failure(`There is no ${fileIn(data)}.`, 'Start the local server once: npm start', 2)
}

function storedSecret(data: string): string | undefined {
  const next = 'Remove it: npm start writes a new one.'
  let secret: string
  try {
    secret = readFileSync(fileIn(data), 'utf8').trim()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new Failure(`${fileIn(data)} cannot be read: ${code}.`, next, 1, { cause: error })
  }
  if (secret !== '' && secret.length < MIN_SECRET)
    throw new Failure(`${fileIn(data)} has ${secret.length} characters; a secret needs at least ${MIN_SECRET}.`, next)
  return secret || undefined
}

function fileIn(data: string): string {
  return join(data, 'jwt-secret')
}

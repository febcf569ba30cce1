import { existsSync } from 'node:fs'
import { Failure } from './errors.ts'

/** Reads .env in the current folder, as dbmate does; variables that are already set win. */
export function loadEnvironment(): void {
  if (!existsSync('.env')) return
  try {
    process.loadEnvFile('.env')
  } catch (cause) {
    const next = 'Make it a readable file (cp .env.example .env), or remove it.'
    throw new Failure(`.env cannot be read: ${(cause as Error).message}`, next, 2, { cause })
  }
}

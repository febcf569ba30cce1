import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT } from './project.ts'

const FOLDER = join(PROJECT, 'db/functions')

/** The tiers of the watchlist, read from the SQL function that names them. */
export const TIERS: readonly string[] = readTiers()

function readTiers(): string[] {
  const file = readdirSync(FOLDER).find((name) => /^\d+_tiers\.sql$/.test(name))!
  const [, list] = readFileSync(join(FOLDER, file), 'utf8').match(/select array\[(.+)\]/)!
  return [...list!.matchAll(/'(\w+)'/g)].map(([, tier]) => tier!)
}

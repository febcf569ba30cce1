import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT } from './project.ts'

const FOLDER = join(PROJECT, 'db/functions')

/** The tiers of the watchlist, read from the SQL function that names them. */
export const TIERS: readonly string[] = readTiers()

function readTiers(): string[] {
  // A later version is a second file: the first one has to stay in front of the tables.
  const file = readdirSync(FOLDER)
    .filter((name) => /^\d+_tiers\.sql$/.test(name))
    .sort()
    .at(-1)!
  const [, list] = readFileSync(join(FOLDER, file), 'utf8').match(/select array\[(.+)\]/)!
  return [...list!.matchAll(/'(\w+)'/g)].map(([, tier]) => tier!)
}

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { RELEASES } from '../../tooling/lib/postgres/db-lock.ts'

/** The releases whose db/ was kept, oldest first, each with a folder that dbmate can work in. */
export function listReleases(): { version: string; folder: string }[] {
  if (!existsSync(RELEASES)) return []
  return readdirSync(RELEASES)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((version) => ({ version, folder: join(RELEASES, version) }))
}

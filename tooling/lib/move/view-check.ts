import { Failure } from '../errors.ts'
import { escapeName } from '../output.ts'
import { spawnTied } from '../processes.ts'
import { PROJECT } from '../project.ts'
import { inspectTable, quoted } from './source-schema.ts'
import type { Source } from './sqlite.ts'
import { DRIVER } from './sqlite-driver.ts'
import { TABLES } from './tables.ts'

const LIMIT_MS = 60_000

const READ = `
  const [driver, file, table] = process.argv.slice(1)
  const { default: Database } = await import(driver)
  const db = new Database(file, { readonly: true, timeout: 10_000 })
  db.pragma('trusted_schema = off')
  for (const row of db.prepare('select * from ' + table).raw().iterate()) void row`

/**
 * Reads each view that stands in place of a table once, in a process that can be ended: a view may go on for ever, and
 * SQLite in this process would keep every signal waiting. What else is wrong with a view is said when it is moved.
 */
export async function checkViews(db: Source, file: string, limit = LIMIT_MS): Promise<void> {
  for (const { source } of TABLES) {
    if (inspectTable(db, source).isTable) continue
    const args = ['--input-type=module', '--eval', READ, DRIVER, file, quoted(source)]
    const child = spawnTied('KILL', process.execPath, args, { cwd: PROJECT, stdio: ['pipe', 'ignore', 'ignore'] })
    const timer = setTimeout(() => child.kill('SIGKILL'), limit)
    const ended = await new Promise<boolean>((done) => child.once('exit', (_, signal) => done(signal === null)))
    clearTimeout(timer)
    if (!ended)
      throw new Failure(
        `View ${escapeName(source)} of ${file} was not read within ${limit / 1000} s.`,
        'Give a file in which it is a table.',
      )
  }
}

import { resolve } from 'node:path'
import { Failure } from '../errors.ts'
import { escapeName } from '../output.ts'
import { spawnTied } from '../processes.ts'
import { PROJECT } from '../project.ts'
import { DRIVER } from './sqlite-driver.ts'
import { TABLES } from './tables.ts'

const LIMIT_MS = 60_000

/** Writes what it is about to read, each name with a NUL behind it. */
const READ = `
  const [driver, file, ...tables] = process.argv.slice(1)
  const { default: Database } = await import(driver)
  const { writeSync } = await import('node:fs')
  const db = new Database(file, { readonly: true, timeout: 10_000 })
  db.pragma('trusted_schema = off')
  const read = (what, sql, ...values) => {
    writeSync(1, what + '\\0')
    try { for (const row of db.prepare(sql).raw().iterate(...values)) void row } catch {}
  }
  const named = (type) => db.prepare('select name from pragma_table_list where schema = ? and type = ?').pluck().all('main', type)
  const quoted = (name) => '"' + name.replaceAll('"', '""') + '"'

  read('the schema', 'select * from sqlite_schema')
  for (const view of db.prepare('select name from sqlite_schema where type = ?').pluck().all('view'))
    read('view ' + view, 'select * from pragma_table_xinfo(?)', view)
  if (tables.length === 0) process.exit()
  for (const view of named('view'))
    if (tables.includes(view.toLowerCase())) read('view ' + view, 'select * from ' + quoted(view))
  for (const table of named('virtual')) {
    read('table ' + table, 'pragma integrity_check(' + quoted(table) + ')')
    read('table ' + table, 'select count(*) from ' + quoted(table))
  }`

type Options = {
  /** Compile the views, and read nothing through them. */
  compileOnly?: boolean
  /** What the file is called in errors, if it is a copy. */
  named?: string
  limit?: number
}

/**
 * Reads what in a file is a program rather than data, in a process that can be ended: views that take for ever to
 * compile, views in place of tables, and virtual tables, which may read a view. SQLite in this process would keep every
 * signal waiting. What else is wrong with them is said when the file is copied.
 */
export async function checkDefinitions(file: string, options: Options = {}): Promise<void> {
  const { compileOnly = false, named = file, limit = LIMIT_MS } = options
  const tables = compileOnly ? [] : TABLES.map(({ source }) => source)
  const args = ['--input-type=module', '--eval', READ, DRIVER, resolve(file), ...tables]
  const child = spawnTied('KILL', process.execPath, args, { cwd: PROJECT, stdio: ['pipe', 'pipe', 'ignore'] })
  let told = ''
  let timer: NodeJS.Timeout | undefined
  child.stdout!.setEncoding('utf8').on('data', (text) => {
    told += text
    timer ??= setTimeout(() => child.kill('SIGKILL'), limit)
  })
  const ended = await new Promise<boolean>((done) => child.once('exit', (_, signal) => done(signal === null)))
  clearTimeout(timer)
  if (ended) return
  const what = told.split('\0').at(-2) ?? 'the schema'
  throw new Failure(
    `Reading ${escapeName(what)} of ${named} did not end within ${limit / 1000} s.`,
    'Drop it in a copy of the file, or make it a table there, and use the copy as the source.',
  )
}

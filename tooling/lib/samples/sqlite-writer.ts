import type SQLite from 'better-sqlite3'
import type { Table } from '../move/tables.ts'
import type { SampleRow } from './sample-types.ts'

const ROWS_PER_INSERT = 40
const INTEGER_COLUMNS = /likes|reposts|replies|views|_count$|^dims$|^is_/

/** Creates a table as the monitor does: runs are numbered, in other tables the first column is the key. */
export function createTable(db: SQLite.Database, { source, columns }: Table): void {
  const id = source === 'runs' ? ['id integer primary key autoincrement'] : []
  const defined = columns.map(({ name }, index) => {
    const type = INTEGER_COLUMNS.test(name) ? 'integer' : 'text'
    return `${name} ${type}${index === 0 && id.length === 0 ? ' primary key' : ''}`
  })
  db.exec(`create table ${source} (${[...id, ...defined].join(', ')})`)
}

/** Inserts many rows per statement: with a million rows the calls into SQLite are what costs. */
export function createInserter(db: SQLite.Database, { source, columns }: Table) {
  const names = columns.map(({ name }) => name)
  const placeholders = `(${names.map(() => '?').join(', ')})`
  const prepare = (rows: number) =>
    db.prepare(`insert into ${source} (${names.join(', ')}) values ${Array(rows).fill(placeholders).join(', ')}`)
  const full = prepare(ROWS_PER_INSERT)
  let waiting: unknown[] = []
  return {
    add(row: SampleRow) {
      for (const name of names) waiting.push(row[name] ?? null)
      if (waiting.length < ROWS_PER_INSERT * names.length) return
      full.run(waiting)
      waiting = []
    },
    flush() {
      if (waiting.length > 0) prepare(waiting.length / names.length).run(waiting)
      waiting = []
    },
  }
}

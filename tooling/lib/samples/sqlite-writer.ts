import type SQLite from 'better-sqlite3'
import type { Table } from '../move/tables.ts'
import type { SampleRow } from './sample-types.ts'

const ROWS_PER_INSERT = 40
const INTEGER_COLUMNS = /likes|reposts|replies|views|_count$|^dims$|^is_/

/** Creates a table as the monitor does: runs are numbered, in other tables the first column is the key. */
export function createTable(db: SQLite.Database, table: Table): void {
  const id = table.source === 'runs' ? ['id integer primary key autoincrement'] : []
  const defined = sourceColumns(table).map((name, index) => {
    const type = INTEGER_COLUMNS.test(name) ? 'integer' : 'text'
    return `${name} ${type}${index === 0 && id.length === 0 ? ' primary key' : ''}`
  })
  db.exec(`create table ${table.source} (${[...id, ...defined].join(', ')})`)
}

/** Inserts many rows per statement: with a million rows the calls into SQLite are what costs. */
export function createInserter(db: SQLite.Database, table: Table) {
  const names = sourceColumns(table)
  const placeholders = `(${names.map(() => '?').join(', ')})`
  const prepare = (rows: number) =>
    db.prepare(`insert into ${table.source} (${names.join(', ')}) values ${Array(rows).fill(placeholders).join(', ')}`)
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

function sourceColumns({ columns }: Table): string[] {
  return columns.filter(({ computed }) => !computed).map(({ name }) => name)
}

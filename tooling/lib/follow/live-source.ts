import { statSync } from 'node:fs'
import { findLayouts, type Layout } from '../move/source-columns.ts'
import { listColumns } from '../move/source-schema.ts'
import { checkPlainFiles, openSource, type Source, withReadErrors } from '../move/sqlite.ts'
import Database from '../move/sqlite-driver.ts'
import { PageFile } from './pages/page-file.ts'
import { TableReader } from './table-reader.ts'

/** How long a writer may hold the file before a read of it is left for the next time. */
const BUSY_MS = 1_000

/** A writer holds the file: nothing is wrong, the next look will see what it wrote. */
export class SourceBusy extends Error {
  override name = 'SourceBusy'
}

/** The monitor's file while the monitor writes it: one connection that stays open, and the file's pages. */
export class LiveSource {
  readonly file: string
  readonly pages: PageFile
  readonly #db: Source
  #schemaVersion: unknown
  #readers: TableReader[] = []

  constructor(file: string) {
    this.file = file
    this.pages = withReadErrors(file, () => {
      checkPlainFiles(file)
      return new PageFile(file)
    })
    try {
      this.#db = openSource(file)
    } catch (error) {
      this.pages.close()
      throw error
    }
    this.#db.pragma(`busy_timeout = ${BUSY_MS}`)
  }

  /** Another number after each commit of another process. */
  get dataVersion(): number {
    return this.#run(() => this.#db.pragma('data_version', { simple: true }) as number)
  }

  /** Whether the path leads to another file by now. */
  get replaced(): boolean {
    return statSync(this.file, { bigint: true, throwIfNoEntry: false })?.ino !== this.pages.inode
  }

  /** Does the work in one read transaction. */
  read<T>(work: (readers: readonly TableReader[]) => T): T {
    return this.#run(() => this.#db.transaction(() => work(this.#currentReaders()))())
  }

  close(): void {
    this.#db.close()
    this.pages.close()
  }

  #run<T>(work: () => T): T {
    return withReadErrors(this.file, () => {
      try {
        return work()
      } catch (error) {
        if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) throw new SourceBusy()
        throw error
      }
    })
  }

  /** In the order of the move; made again when the monitor changes its tables. */
  #currentReaders(): readonly TableReader[] {
    const version = this.#db.pragma('schema_version', { simple: true })
    if (version !== this.#schemaVersion) {
      const layouts = findLayouts((table) => listColumns(this.#db, table), this.file)
      this.#readers = layouts.map((layout) => new TableReader(this.#db, withoutComputed(layout), this.file))
      this.#schemaVersion = version
    }
    return this.#readers
  }
}

/** Postgres computes these columns itself from what is sent. */
function withoutComputed({ table, sources, ignored }: Layout): Layout {
  const isSent = (index: number) => !table.columns[index]!.computed
  return {
    table: { ...table, columns: table.columns.filter((_, index) => isSent(index)) },
    sources: sources.filter((_, index) => isSent(index)),
    ignored,
  }
}

import type SQLite from 'better-sqlite3'

const [major] = process.versions.node.split('.').map(Number)

/**
 * The release of better-sqlite3 that this Node can run. 13 needs Node 22; 12, built against Node 24.19 or later, ends
 * the process when a statement is garbage collected, because Node's ObjectWrap has changed.
 */
export const DRIVER = major! < 22 ? 'better-sqlite3' : 'better-sqlite3-13'

const { default: Database } = (await import(DRIVER)) as { default: typeof SQLite }

export default Database

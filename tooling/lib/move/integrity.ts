import { count, rowCount } from '../output.ts'
import { inspectTable, listOtherTables } from './source-schema.ts'
import { damageFailure, type Source } from './sqlite.ts'
import Database from './sqlite-driver.ts'
import { TABLES } from './tables.ts'

/**
 * Checks every page and index of a file. Damage in a table that is moved is a Failure that says what can be read;
 * problems that do not stop the move are returned.
 */
export function checkIntegrity(db: Source, file: string): string[] {
  const problem = findProblem(db)
  if (!problem) return []
  const problems: string[] = []
  const damaged: string[] = []
  const sound: string[] = []
  for (const { source } of TABLES) {
    const found = findProblem(db, source)
    const readable = found && countReadable(db, source)
    if (!found) sound.push(source)
    // The check itself failed, for example at an index with a collation that only the monitor has.
    else if (!found.damage && readable!.complete) problems.push(`${source}: ${found.text}`)
    else damaged.push(`${source} (${found.text}; ${readable!.text})`)
  }
  if (damaged.length === 0) return problems.length > 0 ? problems : findOtherProblems(db, problem.text)
  const rest = sound.length > 0 ? `; undamaged: ${sound.join(', ')}` : ''
  throw damageFailure(file, `${damaged.join('; ')}${rest}`)
}

/** The problems of tables that are not moved, each with the name of its table; `all` where none can be blamed. */
function findOtherProblems(db: Source, all: string): string[] {
  const problems = listOtherTables(db).flatMap((table) => {
    const found = findProblem(db, table)
    return found ? [`${table}: ${found.text}`] : []
  })
  return problems.length > 0 ? problems : [all]
}

/** The first problem of a table and its indexes, or of the whole file. */
function findProblem(db: Source, table?: string): { text: string; damage: boolean } | undefined {
  try {
    const argument = table === undefined ? '1' : `'${table.replaceAll("'", "''")}'`
    const [{ integrity_check: first }] = db.pragma(`integrity_check(${argument})`) as [{ integrity_check: string }]
    if (first === 'ok') return undefined
    // The first line may be a heading.
    return { text: first.replace(/^\*\*\* .+ \*\*\*\n/, '').split('\n')[0]!, damage: true }
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error
    return { text: error.message, damage: error.code.startsWith('SQLITE_CORRUPT') }
  }
}

function countReadable(db: Source, table: string): { text: string; complete: boolean } {
  const { from, reversed } = inspectTable(db, table)
  const forward = readUntilDamage(db, from)
  if (forward.complete) return { text: `all ${rowCount(forward.rows)} can be read`, complete: true }
  const backward = readUntilDamage(db, reversed)
  const text = `${rowCount(forward.rows)} can be read from its start and ${count(backward.rows)} from its end`
  return { text, complete: false }
}

function readUntilDamage(db: Source, from: string): { rows: number; complete: boolean } {
  let rows = 0
  try {
    for (const _ of db.prepare(`select * ${from}`).raw().iterate()) rows++
    return { rows, complete: true }
  } catch (error) {
    if (error instanceof Database.SqliteError) return { rows, complete: false }
    throw error
  }
}

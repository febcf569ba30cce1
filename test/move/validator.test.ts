import { appendFileSync, chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Difference } from '../../tooling/lib/compare.ts'
import { Failure } from '../../tooling/lib/errors.ts'
import { generate } from '../../tooling/lib/generate.ts'
import { SNAPSHOTS, TABLES } from '../../tooling/lib/tables.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { check, type Files, filesOf, move, readRejects, temporaryFolder } from './support.ts'

type Compared = { target: string; key: readonly string[]; columns: readonly string[] }

/** All six: the five of the source, and the derived one. */
const COMPARED: Compared[] = [
  ...TABLES.map(({ target, key, columns }) => ({ target, key, columns: columns.map(({ name }) => name) })),
  SNAPSHOTS,
]

/** Another value that the column may hold, by its name or its type. */
const OTHER: Record<string, string> = {
  watch_tier: "case watch_tier when 'teammate' then 'ecosystem' else 'teammate' end",
  tier: "case tier when 'teammate' then 'ecosystem' else 'teammate' end",
  mode: "case mode when 'manual' then 'both' else 'manual' end",
  snapshot_type: "case snapshot_type when 'refresh_24h' then 'latest_observed' else 'refresh_24h' end",
  text: "coalesce(COLUMN, '') || 'x'",
  bigint: 'coalesce(COLUMN, 0) + 1',
  integer: 'coalesce(COLUMN, 0) + 1',
  boolean: 'not COLUMN',
  'timestamp with time zone': "coalesce(COLUMN, '2026-01-01') + interval '1 microsecond'",
  jsonb: "jsonb_set(COLUMN, '{0}', to_jsonb((COLUMN ->> 0)::numeric + 0.000001))",
}

/** What is easily taken for NULL. */
const NEARLY_NULL: Record<string, string> = {
  text: "''",
  bigint: '0',
  integer: '0',
  'timestamp with time zone': "'-infinity'",
}

const test = suite('validator', {} as { db: Database; files: Files })

test.before(async (context) => {
  const folder = temporaryFolder()
  const source = join(folder, 'source.db')
  generate({ file: source, posts: 400, embeddings: 120, dims: 3, rejects: true })
  context.files = filesOf(source)
  context.db = await freshDatabase()
  const { rejected } = await move(context.db, context.files)
  assert.ok(rejected > 0)
  // Cells are changed behind the back of the foreign keys.
  await context.db.query('set session_replication_role = replica')
})

test.after(async ({ db }) => {
  await db.drop()
})

/** Makes the changes, validates, and takes them back. */
async function validated({ db, files }: { db: Database; files: Files }, changes: () => Promise<void>) {
  await db.query('create schema kept')
  for (const { target } of COMPARED) await db.query(`create table kept.${target} as table public.${target}`)
  try {
    await changes()
    return await check(db, files)
  } finally {
    for (const { target } of COMPARED) {
      await db.query(`delete from public.${target}`)
      await db.query(`insert into public.${target} table kept.${target}`)
    }
    await db.query('drop schema kept cascade')
  }
}

async function typesOf(db: Database, table: string): Promise<Map<string, { type: string; nullable: boolean }>> {
  const rows = await db.query(
    "select column_name, data_type, is_nullable from information_schema.columns where table_schema = 'public' and table_name = $1",
    [table],
  )
  return new Map(rows.map((row) => [row.column_name, { type: row.data_type, nullable: row.is_nullable === 'YES' }]))
}

/** Changes one cell of a row that no change has touched yet; the row's key before and after. */
async function changeCell(db: Database, { target, key }: Compared, column: string, value: string, condition = 'true') {
  const id = key.map((name) => `${name}::text`).join(" || ' ' || ")
  const [row] = await db.query(
    `select ctid::text, ${id} as id from ${target} where ${condition} and ctid not in (select place from touched where name = $1) order by ${id} limit 1`,
    [target],
  )
  if (!row) return undefined
  const changed = await db.query(
    `update ${target} set ${column} = ${value.replaceAll('COLUMN', column)} where ctid = '${row.ctid}' returning ctid::text, ${id} as id`,
  )
  await db.query(`insert into touched values ($1, '${changed[0]!.ctid}')`, [target])
  return { before: row.id as string, after: changed[0]!.id as string }
}

function named(differences: Difference[], wanted: Partial<Difference>): boolean {
  return differences.some((difference) =>
    Object.entries(wanted).every(([name, value]) => difference[name as keyof Difference] === value),
  )
}

test('nothing is different after a move', async ({ db, files }) => {
  const report = await check(db, files)
  assert.equal(report.differences, [])
  assert.ok(report.ok)
  assert.ok(existsSync(join(files.out, 'validation.json')))
  const page = readFileSync(join(files.out, 'validation.html'), 'utf8')
  assert.match(page, 'Postgres holds what SQLite holds')
  assert.not.match(page, /<script|src=|href=/)
})

test('one changed cell in any column of any table is named, and nothing else is', async (context) => {
  const { db } = context
  const expected: Partial<Difference>[] = []
  const report = await validated(context, async () => {
    await db.query('create temp table touched (name text, place tid)')
    for (const table of COMPARED) {
      const types = await typesOf(db, table.target)
      for (const column of table.columns) {
        const value = OTHER[column] ?? OTHER[types.get(column)!.type]!
        const changed = await changeCell(db, table, column, value)
        assert.ok(changed, `${table.target} has too few rows to change ${column}`)
        if (table.key.includes(column)) {
          expected.push({ table: table.target, kind: 'missing in Postgres', key: changed!.before })
          expected.push({ table: table.target, kind: 'not in SQLite', key: changed!.after })
        } else expected.push({ table: table.target, kind: 'changed', key: changed!.before, field: column })
      }
    }
    await db.query('drop table touched')
  })
  for (const wanted of expected) assert.ok(named(report.differences, wanted), JSON.stringify(wanted))
  assert.is(report.differences.length, expected.length, JSON.stringify(report.differences.slice(0, 5)))
  assert.not.ok(report.ok)
})

test("NULL where there was a value, and '' or 0 where there was NULL, are named", async (context) => {
  const { db } = context
  const expected: Partial<Difference>[] = []
  const report = await validated(context, async () => {
    await db.query('create temp table touched (name text, place tid)')
    for (const table of COMPARED) {
      for (const [column, { type, nullable }] of await typesOf(db, table.target)) {
        if (!nullable || !table.columns.includes(column)) continue
        const cleared = await changeCell(db, table, column, 'null', `${column} is not null`)
        const filled =
          column in OTHER ? undefined : await changeCell(db, table, column, NEARLY_NULL[type]!, `${column} is null`)
        for (const [changed, postgres] of [
          [cleared, null],
          [filled, undefined],
        ] as const) {
          if (!changed) continue
          expected.push({
            table: table.target,
            key: changed.before,
            field: column,
            ...(postgres === null && { postgres }),
          })
        }
      }
    }
    await db.query('drop table touched')
  })
  assert.ok(expected.length > 20, `only ${expected.length} cells could be changed`)
  for (const wanted of expected) assert.ok(named(report.differences, wanted), JSON.stringify(wanted))
  assert.is(report.differences.length, expected.length)
})

test('a row that is gone and a row that nobody sent are named, in each table', async (context) => {
  const { db } = context
  for (const { target, key, columns } of COMPARED) {
    const report = await validated(context, async () => {
      await db.query(`delete from ${target} where ctid = (select min(ctid) from ${target})`)
      const copy = columns.map((name) =>
        name === key[0] ? (['run_at'].includes(name) ? "run_at + interval '100 years'" : `${name} || '0'`) : name,
      )
      await db.query(
        `insert into ${target} (${columns.join(', ')}) select ${copy.join(', ')} from ${target} order by ctid desc limit 1`,
      )
    })
    const kinds = report.differences.filter(({ table }) => table === target).map(({ kind }) => kind)
    assert.ok(
      kinds.includes('missing in Postgres') && kinds.includes('not in SQLite'),
      `${target}: ${kinds.join(', ')}`,
    )
  }
})

test('what a collector appended is no difference, nor what an earlier import saw', async (context) => {
  const { db } = context
  const report = await validated(context, async () => {
    const add = (at: string, source: string) =>
      db.query(`insert into post_metrics_snapshots (status_id, snapshot_type, snapshot_at, source)
        select status_id, 'latest_observed', last_seen_at + interval '${at}', '${source}' from posts limit 1`)
    await add('1 day', 'ingest')
    await add('-1 day', 'sqlite_migration')
  })
  assert.equal(report.differences, [])
})

test('a reject file that is missing, short of a line, or says another thing is named', async ({ db, files }) => {
  const whole = readFileSync(files.rejects, 'utf8')
  const lines = whole.trimEnd().split('\n')
  const kindsWith = async (text: string | undefined) => {
    if (text === undefined) rmSync(files.rejects)
    else writeFileSync(files.rejects, text)
    const { differences, ok } = await check(db, files)
    assert.not.ok(ok)
    return differences.map(({ kind }) => kind)
  }
  try {
    assert.equal(
      await kindsWith(undefined),
      lines.map(() => 'not in the reject file'),
    )
    assert.equal(await kindsWith(`${lines.slice(1).join('\n')}\n`), ['not in the reject file'])
    const bent = lines[0]!.replace(/"reason":"/, '"reason":"so to say ')
    assert.equal(await kindsWith(`${[bent, ...lines.slice(1)].join('\n')}\n`), ['wrong in the reject file'])
    const listed = new Set(readRejects(files).flatMap(({ table, line }) => (table === 'tweets' ? [line] : [])))
    const free = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].find((line) => !listed.has(line))
    const extra = `{"table":"tweets","line":${free},"field":"tier","reason":"x","row":{}}`
    assert.equal(await kindsWith(`${whole}${extra}\n`), ['wrong in the reject file'])
  } finally {
    writeFileSync(files.rejects, whole)
  }
})

test('a snapshot that is not the one of its manifest is refused', async ({ db, files }) => {
  const bytes = readFileSync(files.snapshot)
  chmodSync(files.snapshot, 0o644)
  appendFileSync(files.snapshot, 'x')
  try {
    await check(db, files)
    assert.unreachable()
  } catch (error) {
    assert.instance(error, Failure)
    assert.is((error as Failure).fact, `${files.snapshot} is not the file its manifest describes: the SHA-256 differs.`)
  } finally {
    writeFileSync(files.snapshot, bytes)
    chmodSync(files.snapshot, 0o444)
  }
})

test('the random posts are the same for the same seed', async ({ db, files }) => {
  const [one, two] = [await check(db, files), await check(db, files)]
  assert.is(one.sample.posts.length, 3)
  assert.equal(one.sample, two.sample)
})

test.run()

import assert from 'node:assert/strict'
import { appendFileSync, chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import { type Database, freshDatabase } from '../support/database.ts'
import {
  check,
  type Files,
  filesOf,
  good,
  goodRows,
  move,
  type Rows,
  run,
  temporaryFolder,
  writeSource,
} from './support.ts'

const test = suite('the reject file, validated')
const rejected = filesOf(join(temporaryFolder(), 'x_monitor.db'))
let rejecting: Database

test.before(async () => {
  writeSource(rejected.source, withRejects())
  rejecting = await freshDatabase()
  await move(rejecting, rejected)
})
test.after(() => rejecting.drop())

test('a record that is missing, added, or changed in its row, field or reason is named', async () => {
  const records = readFileSync(rejected.rejects, 'utf8').trimEnd().split('\n')
  assert.equal(records.length, 7)
  assert.deepEqual(await differences(records), [])
  const changes: ((record: string) => string[])[] = [
    () => [],
    (record) => [record.replace('"row":{', '"row":{"more":1,')],
    (record) => [record.replace('"field":"', '"field":"x')],
    (record) => [record.replace('"reason":"', '"reason":"not ')],
  ]
  for (const turn of changes.keys()) {
    const change = (index: number) => changes[(index + turn) % changes.length]!
    const said = records.map((record, index) => {
      const { table, line } = JSON.parse(record)
      return `${table} line ${line} ${change(index) === changes[0] ? 'not' : 'wrong'} in the reject file`
    })
    assert.deepEqual(await differences(records.flatMap((record, index) => change(index)(record))), said.sort())
  }
  const ofTweets = records.find((record) => record.includes('"tweets"'))!
  const added = [1, 9999].map((line) => ofTweets.replace(/"line":\d+/, `"line":${line}`))
  assert.deepEqual(await differences([...records, ...added]), [
    'tweets line 1 wrong in the reject file',
    'tweets line 9999 wrong in the reject file',
  ])
  await differences(records)
})

test('a reject file that is missing, truncated or of another kind is named', async () => {
  const content = readFileSync(rejected.rejects, 'utf8')
  const first = content.split('\n')[0]!
  const failure = async (text: string) => {
    writeFileSync(rejected.rejects, text)
    const error = await check(rejecting, rejected).then(
      () => undefined,
      (error: Error) => error,
    )
    return error?.message
  }
  const next = '\n  Import again: npm run import'
  assert.equal(
    await failure(`${content}${first}\n`),
    `${rejected.rejects} line 8 repeats watch_accounts line 1.${next}`,
  )
  assert.equal(await failure(content.slice(0, -20)), `${rejected.rejects} line 7 is not a reject record.${next}`)
  assert.equal(
    await failure(content.replace('"tweets"', '"posts"')),
    `${rejected.rejects} line 2 is not a reject record.${next}`,
  )

  rmSync(rejected.rejects)
  const { differences } = await check(rejecting, rejected)
  assert.equal(differences.filter(({ kind }) => kind === 'not in the reject file').length, 7)
  writeFileSync(rejected.rejects, content)
  assert.ok((await check(rejecting, rejected)).ok)
})

test('a source copy that does not match its manifest is refused', async () => {
  const { code, stderr } = await withChanged(rejected, () => appendFileSync(rejected.snapshot, Buffer.alloc(4096)))
  assert.equal(code, 1)
  assert.equal(
    stderr,
    `error: ${rejected.snapshot} does not match its manifest: the SHA-256 differs.\n  Copy the source again: npm run snapshot -- --source FILE\n`,
  )
})

test.run()

/** What the validation finds with these records in the reject file. */
async function differences(records: string[]): Promise<string[]> {
  writeFileSync(rejected.rejects, records.map((record) => `${record}\n`).join(''))
  const { differences, ok, checks } = await check(rejecting, rejected)
  assert.equal(ok, differences.length === 0)
  const tables = new Set(differences.map(({ table }) => table))
  assert.equal(checks.filter(({ title, ok }) => title.endsWith(': rejects') && !ok).length, tables.size)
  return differences.map(({ table, key, kind }) => `${table} ${key} ${kind}`).sort()
}

async function withChanged({ snapshot, rejects, out }: Files, work: () => void) {
  const bytes = readFileSync(snapshot)
  chmodSync(snapshot, 0o644)
  work()
  const ended = await run('validate', ['--snapshot', snapshot, '--rejects', rejects, '--out', out], {
    env: { DATABASE_URL: rejecting.url },
  })
  writeFileSync(snapshot, bytes)
  chmodSync(snapshot, 0o444)
  return ended
}

/** A rejected row of each table, a superseded one and an orphan. */
function withRejects(): Rows {
  const rows = goodRows(2) as Required<Rows>
  rows.tweets.push(
    good('tweets', 3, { watch_tier: 'boss' }),
    good('tweets', 4, { body_text: 'a "quoted", text', likes: 1.5 }),
  )
  rows.reports.push(good('reports', 3), good('reports', 5, { reported_at: 'never' }))
  rows.watch_accounts.push(good('watch_accounts', 3, { handle: '@ACCOUNT1' }))
  rows.runs.push(good('runs', 3, { mode: 'hourly' }))
  rows.tweet_embeddings.push(good('tweet_embeddings', 3, { dims: 7 }))
  return rows
}

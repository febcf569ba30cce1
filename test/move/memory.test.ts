import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import { generate } from '../../tooling/lib/samples/generate.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { AT, change, type Files, filesOf, goodRows, run, TABLES, temporaryFolder, writeSource } from './support.ts'

const test = suite('memory')
/** The heap of each command in MiB; they need 14, most of it for tsx and the modules. The benchmark measures whole processes. */
const HEAP = 24

const folder = temporaryFolder()
let db: Database

test.before(async () => {
  db = await freshDatabase()
})
test.after(() => db.drop())

test('a file much larger than the heap is copied, exported, imported and validated', async () => {
  const files = filesOf(join(folder, 'large.db'), join(folder, 'large'))
  generate({ file: files.source, posts: 4_500, embeddings: 4_500, dims: 1_000 })
  await moveWithSmallHeap(files)
  assert.ok(statSync(join(files.folder, 'tweet_embeddings.jsonl')).size > 1.5 * HEAP * 2 ** 20)
})

test('so is one with a hundred thousand rejects of each kind: by a rule, superseded, orphans', async () => {
  const files = filesOf(join(folder, 'rejects.db'), join(folder, 'rejects'))
  writeSource(files.source, goodRows(1), { watch_accounts: TABLES.watch_accounts.replace(' primary key', '') })
  change(
    files.source,
    `create temp table numbers as
       with recursive n (n) as (select 2 union all select n + 1 from n where n < 100001) select n from n;
     insert into runs (run_at, mode) select 'yesterday', 'priority' from numbers;
     insert into watch_accounts (handle, tier, added_at) select '@Same', 'teammate', '${AT}' from numbers;
     insert into reports (status_id, reported_at) select 'gone' || n, '${AT}' from numbers`,
  )
  await moveWithSmallHeap(files)
  assert.ok(statSync(files.rejects).size > 1.5 * HEAP * 2 ** 20)
})

test.run()

async function moveWithSmallHeap({ source, out, snapshot, folder, rejects }: Files): Promise<void> {
  const env = { DATABASE_URL: db.url, NODE_OPTIONS: `--max-old-space-size=${HEAP}` }
  const commands: [name: string, args: string[]][] = [
    ['rollback', ['--yes']],
    ['snapshot', ['--source', source, '--out', out]],
    ['export', ['--snapshot', snapshot, '--out', folder]],
    ['import', ['--in', folder, '--rejects', rejects]],
    ['validate', ['--snapshot', snapshot, '--rejects', rejects, '--out', out]],
  ]
  for (const [name, args] of commands) {
    const { code, stderr } = await run(name, args, { env })
    assert.equal(code, 0, `${name}: ${stderr}`)
  }
}

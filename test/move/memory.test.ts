import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import { generate } from '../../tooling/lib/samples/generate.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { filesOf, run, temporaryFolder } from './support.ts'

const test = suite('memory')
/** The heap of each command in MiB; tsx alone needs half of it. The benchmark measures whole processes. */
const HEAP = 24

const files = filesOf(join(temporaryFolder(), 'x_monitor.db'))
let db: Database

test.before(async () => {
  generate({ file: files.source, posts: 4_500, embeddings: 4_500, dims: 1_000 })
  db = await freshDatabase()
})
test.after(() => db.drop())

test('a file much larger than the heap is copied, exported, imported and validated', async () => {
  const env = { DATABASE_URL: db.url, NODE_OPTIONS: `--max-old-space-size=${HEAP}` }
  const { source, out, snapshot, folder, rejects } = files
  const ok = async (name: string, args: string[]) => {
    const { code, stderr } = await run(name, args, { env })
    assert.equal(code, 0, `${name}: ${stderr.slice(-500)}`)
  }
  await ok('snapshot', ['--source', source, '--out', out])
  await ok('export', ['--snapshot', snapshot, '--out', folder])
  assert.ok(statSync(join(folder, 'tweet_embeddings.jsonl')).size > 1.5 * HEAP * 2 ** 20)
  await ok('import', ['--in', folder, '--rejects', rejects])
  await ok('validate', ['--snapshot', snapshot, '--rejects', rejects, '--out', out])
})

test.run()

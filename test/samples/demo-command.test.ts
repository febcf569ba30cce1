import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { PROJECT } from '../../tooling/lib/project.ts'
import { freshDatabase } from '../support/database.ts'

const folder = mkdtempSync(join(tmpdir(), 'xmonitor-demo-'))

const test = suite('the demo profile')
test.after(() => rmSync(folder, { recursive: true }))

test('the demo is moved into an empty database, and never added to existing posts', async () => {
  const database = await freshDatabase()
  const demo = () => {
    const args = [join(PROJECT, 'tooling/demo.ts'), '--out', join(folder, 'demo')]
    const env = { ...process.env, DATABASE_URL: database.url }
    return spawnSync(join(PROJECT, 'node_modules/.bin/tsx'), args, { cwd: PROJECT, env, encoding: 'utf8' })
  }
  const first = demo()
  assert.equal(first.status, 0, first.stderr)
  assert.match(first.stdout, /moved: \d+ posts, nothing lost/)
  const [{ posts }] = (await database.query('select count(*)::int as posts from public.posts')) as [{ posts: number }]
  assert.ok(posts > 100, `${posts} posts`)

  await database.query("update public.posts set body_text = 'mine'")
  const second = demo()
  assert.equal(second.status, 0, second.stderr)
  assert.equal(second.stdout, 'Demo skipped: the database already has posts.\n')
  const [{ mine }] = (await database.query(
    "select count(*)::int as mine from public.posts where body_text = 'mine'",
  )) as [{ mine: number }]
  assert.equal(mine, posts)
  await database.drop()
})

test.run()

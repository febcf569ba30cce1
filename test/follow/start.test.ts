import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { change, goodRows, run, start, temporaryFolder, writeSource } from '../move/support.ts'

const test = suite('npm start --follow')

test('shows what the monitor writes afterwards, and prints how to get a token that may write', async () => {
  const folder = temporaryFolder()
  // The user of Postgres may enter it, as in an ordinary project folder.
  chmodSync(folder, 0o711)
  const source = writeSource(join(folder, 'x_monitor.db'), goodRows(3))
  const data = join(folder, 'data')
  const { child, ended } = start('start', ['--source', source, '--follow', '--data', data, '--port', '4780'])
  let out = ''
  child.stdout.on('data', (text: string) => {
    out += text
  })
  await until(() => /^Page: /m.test(out))
  assert.match(out, /^Token for the calls that write: npm run token -- --local --data \S+$/m)
  const url = out.match(/^Page: (\S+)\/$/m)![1]!

  change(source, "update tweets set body_text = 'written later' where status_id = '2'")
  await until(async () => (await (await fetch(`${url}/v1/posts/2`)).json()).post?.body_text === 'written later')

  const token = (await run('token', ['--local', '--data', data])).stdout.trim()
  const response = await fetch(`${url}/v1/ingest/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ run_at: '2026-02-05T00:00:00Z', mode: 'manual' }),
  })
  assert.equal(response.status, 200, await response.text())
  child.kill('SIGTERM')
  assert.equal((await ended).code, 0)
})

test('refuses to follow invented posts', async () => {
  const { code, stderr } = await run('start', ['--follow'])
  assert.equal(code, 2)
  assert.match(stderr, /--follow needs --source\./)
})

test.run()

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 90_000; !(await condition()); await sleep(50))
    assert.ok(Date.now() < end, `${condition}`)
}

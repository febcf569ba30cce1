import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { digestInBackground, digestOf } from '../../tooling/lib/digest.js'

const digest = suite('digestOf', { folder: '' })

digest.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'xmonitor-digest-'))
})
digest.after(({ folder }) => rmSync(folder, { recursive: true }))

for (const [title, bytes] of [
  ['an empty file', 0],
  ['a small file', 300_001],
  ['a large file, which a thread of its own reads', 40_000_001],
] as const)
  digest(`the size and the SHA-256 of ${title}`, async ({ folder }) => {
    const content = Buffer.alloc(bytes, 'XMonitor')
    const file = join(folder, 'ü # file')
    writeFileSync(file, content)
    assert.deepEqual(await digestOf(file), { bytes, sha256: createHash('sha256').update(content).digest('hex') })
  })

digest('a file is hashed while it grows, to its last byte', async ({ folder }) => {
  const file = join(folder, 'growing')
  const hash = createHash('sha256')
  writeFileSync(file, '')
  const whole = digestInBackground(file)
  for (let turn = 0; turn < 20; turn++) {
    const piece = Buffer.alloc(50_000 + turn, `${turn}`)
    hash.update(piece)
    appendFileSync(file, piece)
    await sleep(turn)
  }
  assert.deepEqual(await whole(), { bytes: 1_000_190, sha256: hash.digest('hex') })
})

digest('a file that is not there is a rejection', async ({ folder }) => {
  await assert.rejects(digestOf(join(folder, 'none')), { code: 'ENOENT' })
  await assert.rejects(digestInBackground(join(folder, 'none'))(), { code: 'ENOENT' })
})

digest.run()

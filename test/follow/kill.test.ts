// alone: it kills and cuts by the clock, for a minute
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { takeSnapshot } from '../../tooling/lib/move/snapshot.ts'
import Database from '../../tooling/lib/move/sqlite-driver.ts'
import { validate } from '../../tooling/lib/move/validation/validate.ts'
import { PROJECT } from '../../tooling/lib/project.ts'
import { filesOf, goodRows, run, start, temporaryFolder, writeSource } from '../move/support.ts'
import { startStack } from './stack.ts'

// A monitor writes while the follower is killed, the network is cut and Postgres is stopped; afterwards both sides are equal.

const SEED = Date.now() % 2 ** 31

const test = suite('a follower that is killed', {} as { stack: Awaited<ReturnType<typeof startStack>> })
test.before(async (context) => {
  context.stack = await startStack()
})
test.after(({ stack }) => stack?.stop())

for (const [journal, { kills, cuts }] of Object.entries({ wal: { kills: 12, cuts: 3 }, delete: { kills: 8, cuts: 2 } }))
  test(`${journal}: ${kills} kills, ${cuts} cuts, a stop of Postgres, and both sides are equal (seed ${SEED})`, async ({
    stack,
  }) => {
    // The database is another file's after the first round.
    await stack.empty()
    const folder = temporaryFolder()
    const files = filesOf(join(folder, 'x_monitor.db'))
    writeSource(files.source, goodRows(200))
    const db = new Database(files.source)
    db.pragma(`journal_mode = ${journal}`)
    db.close()
    const rejects = join(folder, 'rejects.jsonl')
    const flags = [
      ...['--source', files.source, '--url', stack.url, '--token-file', stack.tokenFile],
      ...['--state', join(folder, 'follow.db'), '--rejects', rejects],
    ]
    const follow = (...more: string[]) => start('follow', [...flags, '--deletions', ...more])

    const writer = spawn(process.execPath, ['--import', 'tsx', 'test/follow/writer.ts', files.source, String(SEED)], {
      cwd: PROJECT,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const written = once(writer, 'exit')
    await once(writer.stdout, 'data')
    const trouble = (async () => {
      for (let cut = 0; cut < cuts; cut++) {
        await sleep(5_000)
        await stack.cutNetwork(1_500)
      }
      await stack.stopPostgres(1_000)
    })()
    for (let killed = 0; killed < kills; killed++) {
      const { child, ended } = follow()
      // From before its first look to some looks after it.
      await sleep(800 + 250 * (killed % 10))
      child.kill('SIGKILL')
      await ended
    }
    await trouble
    writer.kill('SIGTERM')
    assert.deepEqual(await written, [0, null])

    const last = await follow('--once').ended
    assert.equal(last.code, 0, last.stderr)
    const verified = await run('follow', [...flags, '--verify', '--json'])
    assert.equal(verified.code, 0, verified.stdout + verified.stderr)
    const { equal, tables } = JSON.parse(verified.stdout)
    assert.ok(equal)
    console.log(
      `${tables.posts.rows} posts, ${tables.embeddings.rows} embeddings, ${tables.pipeline_runs.rows} runs, all equal`,
    )
    assert.equal(readFileSync(rejects, 'utf8'), '')

    await takeSnapshot(files.source, files.out)
    process.env.DATABASE_URL = stack.databaseUrl
    const report = await validate({
      snapshot: files.snapshot,
      rejects: files.rejects,
      out: files.out,
      sample: 3,
      seed: 7,
    })
    assert.deepEqual(report.differences, [])
    assert.ok(report.ok, JSON.stringify(report.checks.filter(({ ok }) => !ok)))
  })

test.run()

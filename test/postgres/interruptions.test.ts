// first: it takes minutes, and everything else can run beside it
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { exportSnapshot } from '../../tooling/lib/move/export.ts'
import { takeSnapshot } from '../../tooling/lib/move/snapshot.ts'
import Database from '../../tooling/lib/move/sqlite-driver.ts'
import { readMigrations } from '../../tooling/lib/postgres/db-lock.ts'
import { waitUntilGone } from '../../tooling/lib/processes.ts'
import { PROJECT } from '../../tooling/lib/project.ts'
import { generate } from '../../tooling/lib/samples/generate.ts'
import { CountingProxy, type Interruption, type Outcome, runHere, TestServer } from './interruptions.ts'

// Each command that uses Postgres, with each way in which a server goes away or refuses, at some point of its run: the
// command must report the server's message, and the next run must complete. By default each pair once, at the ten
// points in turn; with SWEEP=all each pair at all ten, with SWEEP=import,purge only those of these commands.

const test = suite('interruptions')
const MOMENTS = 10
const POSTS = 1_200
const EMBEDDINGS = 300
const PURGED = 100
const FILES = readMigrations().length

const folder = mkdtempSync(join(tmpdir(), 'xmonitor-interruptions-files-'))
const source = join(folder, 'x_monitor.db')
const out = join(folder, 'data')
const snapshot = join(out, 'x_monitor.snapshot.db')
const rejects = join(out, 'rejects.jsonl')
const imported = ['--in', join(out, 'export'), '--rejects', rejects]

type Command = {
  args: string[]
  /** The database before the run. */
  from: 'empty' | 'migrated' | 'filled'
  /** The rows of this table after a complete run. */
  leaves: [table: string, rows: number]
}

const COMMANDS: Record<string, Command> = {
  'db-up': { args: [], from: 'empty', leaves: ['schema_migrations', FILES] },
  'db-status': { args: [], from: 'migrated', leaves: ['schema_migrations', FILES] },
  'db-reset': { args: ['--yes'], from: 'filled', leaves: ['posts', 0] },
  'db-authenticator': { args: [], from: 'migrated', leaves: ['schema_migrations', FILES] },
  import: { args: imported, from: 'migrated', leaves: ['posts', POSTS] },
  'import --dry-run': { args: [...imported, '--dry-run'], from: 'migrated', leaves: ['posts', 0] },
  validate: {
    args: ['--snapshot', snapshot, '--rejects', rejects, '--out', out],
    from: 'filled',
    leaves: ['posts', POSTS],
  },
  migrate: { args: ['--source', source, '--out', join(folder, 'migrate')], from: 'empty', leaves: ['posts', POSTS] },
  rollback: { args: ['--yes'], from: 'filled', leaves: ['posts', 0] },
  purge: { args: ['--handle', 'purged', '--yes'], from: 'filled', leaves: ['posts', POSTS - PURGED] },
  demo: { args: ['--out', join(folder, 'demo')], from: 'migrated', leaves: ['schema_migrations', FILES] },
}

const swept = (process.env.SWEEP || 'once').split(',')
const isLimited = !['once', 'all'].includes(swept[0]!)
const numbered = Object.entries(COMMANDS)
  .map(([name, command], index) => ({ name, command, index }))
  .filter(({ name }) => !isLimited || swept.includes(name))

type Event = {
  name: string
  /** What a failed command repeats. */
  words: RegExp
  /** Before the run: what makes the server refuse. */
  prepare?: (moment: number, command: Command) => Promise<unknown>
  /** During the run. */
  happen?: Interruption['event']
  /** Whether the current statement is sent before the event; by default alternating. */
  sendFirst?: boolean
  /** After the run: the server as it was. */
  undo?: () => Promise<unknown>
  tablespace?: string
}

/** A connection that is cut may lose the last message. */
const BROKEN =
  /connection to the server broke|connection broke|Connection terminated|ECONNRESET|EPIPE|EOF|bad connection|No server answers|connection refused/
const or = (...patterns: RegExp[]) => new RegExp(patterns.map(({ source }) => source).join('|'))

/** Space for the database, but less than the import needs. */
const small = mkdtempSync(join(tmpdir(), 'xmonitor-interruptions-disk-'))
const hasSmallDisk = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=711', 'tmpfs', small]).status === 0

const server = new TestServer()
const proxy = new CountingProxy(() => server.port)
let port: number
/** Bytes that an undisturbed run sends. */
const sent: Record<string, number> = {}

const sessions = (call: string) =>
  server.query(`select ${call}(pid) from pg_stat_activity where datname = 'trial' and pid <> pg_backend_pid()`)

const EVENTS: Event[] = [
  {
    name: 'pg_terminate_backend',
    words: or(/terminating connection due to administrator command/, BROKEN),
    happen: () => sessions('pg_terminate_backend'),
  },
  {
    name: 'pg_cancel_backend',
    words: /canceling statement due to user request/,
    sendFirst: true,
    async happen() {
      for (let tries = 0; tries < 10; tries++) await sessions('pg_cancel_backend')
    },
  },
  ...(['fast', 'immediate'] as const).map((mode) => ({
    name: `pg_ctl stop -m ${mode}`,
    words: or(
      /terminating connection due to (administrator|immediate shutdown) command|shutting down|timeout expired/,
      BROKEN,
    ),
    async happen() {
      const pid = Number(readFileSync(join(server.files, 'data/postmaster.pid'), 'utf8').split('\n')[0])
      process.kill(pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
      await waitUntilGone(pid, 10_000)
    },
    undo: () => server.start(),
  })),
  {
    name: 'a connection cut by a proxy',
    words: BROKEN,
    async happen(connections) {
      for (const { client, server } of connections) {
        client.resetAndDestroy()
        server.destroy()
      }
    },
  },
  {
    name: 'a connection closed by a proxy',
    words: BROKEN,
    async happen(connections) {
      for (const { client, server } of connections) {
        client.end()
        server.destroy()
      }
    },
  },
  {
    name: 'a full disk',
    words: /No space left on device/,
    tablespace: 'small',
    happen: async () => fill(join(small, 'filler')),
    undo: async () => rmSync(join(small, 'filler'), { force: true }),
  },
  {
    name: 'a row the server refuses',
    words: /refused by a trigger|violates check constraint/,
    async prepare(moment, { from }) {
      if (from === 'empty') return
      // At even moments an inserted row. At odd ones a row of the COPY, which has the types of the table; a domain has no
      // other form than its type, so the catalog may be changed under the views.
      const refusing =
        moment % 2 === 0
          ? `create function refuse() returns trigger language plpgsql as $$ begin raise 'refused by a trigger'; end $$;
             create trigger refuse before insert on public.posts for each row
             when (new.status_id like '%${moment}') execute function refuse()`
          : `create domain refused as text check (value not like '%${moment}');
             update pg_attribute set atttypid = 'refused'::regtype
             where attrelid = 'public.embeddings'::regclass and attname = 'text_hash'`
      await server.query(refusing, 'trial')
    },
    undo: () =>
      server.query(
        `drop function if exists refuse cascade;
         update pg_attribute set atttypid = 'text'::regtype where atttypid = to_regtype('refused');
         drop domain if exists refused cascade`,
        'trial',
      ),
  },
  ...['statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout'].map(
    (setting) => ({
      name: setting,
      words: /due to (statement timeout|transaction timeout|idle-in-transaction timeout|idle-session timeout)|idle/,
      prepare: () => server.query(`alter database trial set ${setting} = '150ms'`),
      happen: () => sleep(400),
      sendFirst: false,
      undo: () => server.query(`alter database trial reset ${setting}`),
    }),
  ),
]

test.before(async () => {
  generate({ file: source, posts: POSTS, embeddings: EMBEDDINGS, seed: 11 })
  const db = new Database(source)
  db.exec(`update tweets set author_handle = 'purged' where rowid <= ${PURGED}`)
  db.close()
  await takeSnapshot(source, out)
  await exportSnapshot(snapshot, join(out, 'export'))
  await server.start()
  port = await proxy.listen()
  if (hasSmallDisk) {
    // The server, which may run as another user, keeps a tablespace there.
    const { uid, gid } = statSync(join(server.files, 'data'))
    mkdirSync(join(small, 'tablespace'))
    chownSync(join(small, 'tablespace'), uid, gid)
    await server.query(`create tablespace small location '${join(small, 'tablespace')}'`)
  }
  await server.query('create database empty')
  await template('migrated', ['db-up'])
  await template('filled', ['db-up', 'import'])
  for (const { name, command } of numbered) {
    await fresh(command)
    await complete(name)
    sent[name] = proxy.sent
  }
})

test.after(async () => {
  proxy.close()
  await server.stop()
  server.remove()
  if (hasSmallDisk) spawnSync('umount', [small])
  for (const each of [folder, small]) rmSync(each, { recursive: true })
})

test('every command that connects to Postgres is here', () => {
  const connecting = readdirSync(join(PROJECT, 'tooling')).filter(
    (file) =>
      file.endsWith('.ts') && readFileSync(join(PROJECT, 'tooling', file), 'utf8').includes('usesDatabase: true'),
  )
  const here = new Set(Object.keys(COMMANDS).map((name) => `${name.split(' ')[0]}.ts`))
  assert.deepEqual(connecting.sort(), [...here].sort())
  if (isLimited)
    assert.equal(numbered.length, swept.length, `SWEEP is not a list of: ${Object.keys(COMMANDS).join(', ')}`)
})

for (const [number, event] of EVENTS.entries()) {
  const can = event.tablespace === undefined || hasSmallDisk
  if (!can) console.log(`skipped: ${event.name}: this user cannot mount a small disk`)
  const check = can ? test : test.skip
  check(`${event.name}: every command reports it, and the next run completes`, async () => {
    const failures: string[] = []
    let hits = 0
    for (const { name, command, index } of numbered) {
      const turn = (3 * number + index) % MOMENTS
      for (const moment of swept[0] === 'once' ? [turn] : Array.from({ length: MOMENTS }, (_, n) => n)) {
        const problem = await trial(name, command, event, moment).catch((error: Error) => error.message)
        if (problem === 'hit') hits++
        else if (problem) failures.push(`${name}, moment ${moment} of ${MOMENTS}: ${problem}`)
      }
    }
    console.log(`${event.name}: ${hits} runs failed`)
    assert.deepEqual(failures, [])
  })
}

test.run()

/** 'hit' when the run failed as it should, nothing when the event did not disturb it. */
async function trial(name: string, command: Command, event: Event, moment: number): Promise<'hit' | undefined> {
  await fresh(command, event.tablespace)
  await event.prepare?.(moment, command)
  const at = Math.ceil((sent[name]! * (moment + 0.5)) / MOMENTS)
  proxy.reset(event.happen && { at, event: event.happen, sendFirst: event.sendFirst ?? moment % 2 === 1 })
  const outcome = await runCommand(name)
  await event.undo?.()
  assertWellFormed(outcome, event.words)
  await complete(name)
  return outcome.code === 0 ? undefined : 'hit'
}

function assertWellFormed({ code, stdout, stderr, uncaught }: Outcome, words: RegExp): void {
  assert.deepEqual(uncaught, [])
  assert.doesNotMatch(stderr, /^\s+at |error: unexpected/m)
  const result = JSON.parse(stdout)
  assert.equal(result.error === undefined, code === 0)
  if (code === 0) return
  assert.equal(code, 1, stderr)
  assert.match(result.error, words)
  assert.ok(result.next.length > 10)
  assert.ok(stderr.endsWith(`error: ${result.error}\n  ${result.next}\n`), stderr)
}

async function complete(name: string): Promise<void> {
  proxy.reset()
  const { code, stderr, uncaught } = await runCommand(name)
  assert.deepEqual([code, uncaught], [0, []], `the next run: ${stderr}`)
  const [table, rows] = COMMANDS[name]!.leaves
  const [found] = await server.query(`select count(*)::int as rows from public.${table}`, 'trial')
  assert.equal(found!.rows, rows, `rows of ${table} after the next run`)
}

function runCommand(name: string): Promise<Outcome> {
  const env = { DATABASE_URL: server.url('trial', port), AUTHENTICATOR_PASSWORD: 'a-password-of-this-test' }
  return runHere(name.split(' ')[0]!, [...COMMANDS[name]!.args, '--json'], env)
}

/** The database as this command finds it. */
async function fresh({ from }: Command, tablespace = 'pg_default'): Promise<void> {
  await server.query('drop database if exists trial with (force)')
  await server.query(`create database trial template ${from} tablespace ${tablespace}`)
}

/** A database that these commands have filled, to be copied. */
async function template(name: string, commands: string[]): Promise<void> {
  await fresh({ args: [], from: 'empty', leaves: ['posts', 0] })
  for (const command of commands) assert.equal((await runCommand(command)).code, 0)
  await server.query(`alter database trial rename to ${name}`)
}

/** Takes all the space that is left. */
function fill(file: string): void {
  for (let bytes = 1 << 20; bytes >= 1; bytes = bytes >> 1)
    try {
      for (;;) writeFileSync(file, Buffer.alloc(bytes), { flag: 'a' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
}

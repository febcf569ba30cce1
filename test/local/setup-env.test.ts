import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { suite } from 'uvu'
import { SECRETS, setupEnv } from '../../tooling/lib/local/setup-env.ts'

const EXAMPLE = resolve(import.meta.dirname, '../../.env.example')
const folder = mkdtempSync(join(tmpdir(), 'xmonitor-env-'))
const file = join(folder, '.env')
const values = () => parseEnv(readFileSync(file, 'utf8')) as Record<string, string>

const test = suite('setup-env')
test.before.each(() => rmSync(file, { force: true }))
test.after(() => rmSync(folder, { recursive: true }))

test('a new file has everything in the example, with random passwords, readable only by its owner', () => {
  setupEnv(file, EXAMPLE)
  const first = values()
  for (const [name, value] of Object.entries(parseEnv(readFileSync(EXAMPLE, 'utf8'))))
    if (value) assert.ok(first[name], name)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  for (const name of SECRETS) assert.match(first[name]!, /^[\w-]{43}$/, name)
  assert.equal(new Set(SECRETS.map((name) => first[name])).size, SECRETS.length)

  rmSync(file)
  setupEnv(file, EXAMPLE)
  for (const name of SECRETS) assert.notEqual(values()[name], first[name], name)
})

test('DATABASE_URL is that of the containers', () => {
  writeFileSync(file, 'POSTGRES_PORT=6543\nPOSTGRES_PASSWORD="a b/c@d"\n')
  const { notes } = setupEnv(file, EXAMPLE)
  const url = new URL(values().DATABASE_URL!)
  assert.equal(decodeURIComponent(url.password), 'a b/c@d')
  assert.deepEqual([url.username, url.host, url.pathname], ['postgres', '127.0.0.1:6543', '/xmonitor'])
  assert.ok(notes.join().includes('POSTGRES_PASSWORD has characters with a meaning in a URL'))
})

test('what has a value is kept to the byte, empty variables are filled in place, missing ones appended with their comments', () => {
  const mine = '# mine\nexport GRAFANA_PASSWORD="kept"\nPOSTGRES_PASSWORD=\nOTHER=$x\n\nWEB_PORT=9999'
  writeFileSync(file, mine, { mode: 0o644 })
  const { added, kept } = setupEnv(file, EXAMPLE)
  const text = readFileSync(file, 'utf8')
  const { POSTGRES_PASSWORD } = values()
  assert.ok(POSTGRES_PASSWORD)
  assert.ok(text.startsWith(`${mine.replace('POSTGRES_PASSWORD=', `POSTGRES_PASSWORD=${POSTGRES_PASSWORD}`)}\n`))
  assert.equal(text.match(/POSTGRES_PASSWORD=/g)!.length, 1)
  assert.match(text, /\n# .*\nPGRST_JWT_SECRET=/)
  assert.equal(values().GRAFANA_PASSWORD, 'kept')
  assert.deepEqual(kept, ['GRAFANA_PASSWORD', 'WEB_PORT'])
  assert.ok(added.includes('POSTGRES_PASSWORD') && !added.includes('GRAFANA_PASSWORD'))
  assert.equal(statSync(file).mode & 0o777, 0o600, 'the mode is tightened')
})

test('running it again changes nothing but a loose file mode', () => {
  setupEnv(file, EXAMPLE)
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text, { mode: 0o644 })
  assert.deepEqual(setupEnv(file, EXAMPLE).added, [])
  assert.equal(readFileSync(file, 'utf8'), text)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.ok(!existsSync(`${file}.tmp`))
})

test('it says so if the commands would use another database, or if a secret is too short', () => {
  writeFileSync(file, 'DATABASE_URL=postgres://me@db.example.com/x\nPGRST_JWT_SECRET=short\n')
  const { notes } = setupEnv(file, EXAMPLE)
  assert.equal(values().DATABASE_URL, 'postgres://me@db.example.com/x')
  assert.ok(notes[0]!.includes('DATABASE_URL was already set and is kept'))
  assert.ok(notes[1]!.includes('fewer than 32 characters'))
})

test.run()

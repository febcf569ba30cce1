import assert from 'node:assert/strict'
import { SignJWT } from 'jose'
import { suite } from 'uvu'
import type { Engine } from '../../tooling/lib/api/engine.ts'
import { ENGINES, SECRET, startTestEngine } from '../support/api.ts'
import { type Database, freshDatabase } from '../support/database.ts'

// As a deployment has it while one key replaces another: docs/aws.md, Secrets.

const KEYS = ['old', 'new'].map((kid) => ({
  kid,
  kty: 'oct',
  alg: 'HS256',
  k: Buffer.from(kid.repeat(12)).toString('base64url'),
}))
const SET = JSON.stringify({ keys: KEYS })

for (const kind of ENGINES) {
  const test = suite(`a JWK set, ${kind}`, {} as { db: Database; set: Engine; text: Engine })

  test.before(async (context) => {
    context.db = await freshDatabase()
    context.set = await startTestEngine(kind, context.db.url, SET)
    context.text = await startTestEngine(kind, context.db.url)
  })
  test.after(async ({ db, set, text }) => {
    await Promise.all([set?.stop(), text?.stop()])
    await db?.drop()
  })

  const ask = async (engine: Engine, secret: string, kid?: string) => {
    const token = await new SignJWT({ role: 'ingest' })
      .setProtectedHeader({ alg: 'HS256', ...(kid && { kid }) })
      .setExpirationTime('5m')
      .sign(Buffer.from(secret))
    const headers = { authorization: `Bearer ${token}` }
    const answer = await engine.fetch(new Request('http://localhost/rpc/stats', { headers }))
    const { code, details } = (await answer.json()) as { code?: string; details?: string }
    return [answer.status, code, details]
  }
  const OLD = 'old'.repeat(12)
  const NEW = 'new'.repeat(12)
  const ok = [200, undefined, undefined]
  const noKey = [401, 'PGRST301', 'No suitable key was found to decode the JWT']
  const noneFits = [401, 'PGRST301', 'None of the keys was able to decode the JWT']

  test('tokens of both keys are accepted, whether they name their key or not', async ({ set }) => {
    assert.deepEqual(await ask(set, OLD, 'old'), ok)
    assert.deepEqual(await ask(set, NEW, 'new'), ok)
    assert.deepEqual(await ask(set, OLD), ok)
    assert.deepEqual(await ask(set, NEW), ok)
  })

  test('tokens of neither, of another key than they name, and of one that is not there are refused', async ({
    set,
  }) => {
    assert.deepEqual(await ask(set, SECRET), noneFits)
    assert.deepEqual(await ask(set, OLD, 'new'), noneFits)
    assert.deepEqual(await ask(set, OLD, 'older'), noKey)
    assert.deepEqual(await ask(set, SET), noneFits, 'the text of the set is no key')
  })

  test('where the secret is a text, a token that names a key finds none', async ({ text }) => {
    assert.deepEqual(await ask(text, SECRET), ok)
    assert.deepEqual(await ask(text, SECRET, 'old'), noKey)
  })

  test.run()
}

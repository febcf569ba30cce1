import assert from 'node:assert/strict'
import { suite } from 'uvu'
import type { Engine } from '../../tooling/lib/api/engine.ts'
import { ENGINES, startTestEngine } from '../support/api.ts'
import { type Database, freshDatabase } from '../support/database.ts'

// How a request body is passed on, with SQL of this test; the expected responses are those of PostgREST 16.2.

const INVALID = { code: 'PGRST102', message: 'Empty or invalid json' }
const UNLIKE = { code: 'PGRST102', message: 'All object keys must match' }
const NUL = { code: '22P05', message: 'unsupported Unicode escape sequence' }
const EMPTY = { code: 'PT400', message: 'the body is empty' }
const UNKNOWN = { code: 'PGRST202' }

/** Sent to a function with one unnamed json parameter: the text that it gets, or the error. */
const UNNAMED: [sent: string, result: string | object][] = [
  ['{"items": [{"a": 1.50, "b": 12345678901234567890}]}', '{"items": [{"a": 1.50, "b": 12345678901234567890}]}'],
  ['  {"a" :  1, "a": 2}', '  {"a" :  1, "a": 2}'],
  ['{"a": "\\u0000"}', '{"a": "\\u0000"}'],
  ['[{"a": 1}, {"a": 2}]', '[{"a": 1}, {"a": 2}]'],
  ['[]', '[]'],
  ['12', '[]'],
  ['null', '[]'],
  ['', EMPTY],
  ['{"a": "\\ud800"}', INVALID],
  ['{"items": []} x', INVALID],
  ['[1, 2]', UNLIKE],
  ['[{"a": 1}, {"b": 2}]', UNLIKE],
]

/** Sent to a function with the parameters body json and other jsonb: what it gets as body, or the error. */
const NAMED: [sent: string, result: string | object][] = [
  ['{"body": {"x":1.50,"y":1e5,"z":-0.0}}', '{"x":1.50,"y":1e5,"z":-0.0}'],
  ['{"body": "\\\\u0000"}', '"\\\\u0000"'],
  ['[{"body": 1}, {"body": 2}]', '1'],
  ['{"body": {"x": "\\u0000"}}', NUL],
  ['{"body": "\\ud800"}', INVALID],
  ['{"other": "\\u0000", "more": 1}', UNKNOWN],
  ['{"body": 1, "more": 1}', UNKNOWN],
]

for (const kind of ENGINES) {
  const bodies = suite(`bodies, ${kind}`, {} as { db: Database; engine: Engine })

  bodies.before(async (context) => {
    context.db = await freshDatabase()
    await context.db.query(`
      create function api.unnamed(json) returns text language sql volatile as 'select $1::text';
      create function api.named(body json default null, other jsonb default null) returns text language sql volatile as 'select body::text';
      grant execute on function api.unnamed, api.named to web_anon`)
    context.engine = await startTestEngine(kind, context.db.url)
  })
  bodies.after(async ({ engine, db }) => {
    await engine.stop()
    await db.drop()
  })

  for (const [name, cases] of Object.entries({ unnamed: UNNAMED, named: NAMED }))
    bodies(`a function with ${name} parameters gets the body unchanged, or rejects it`, async ({ engine }) => {
      for (const [body, result] of cases) {
        const headers = { 'content-type': 'application/json' }
        const answer = await engine.fetch(
          new Request(`http://local/rpc/${name}`, { method: 'POST', ...(body && { body }), headers }),
        )
        const got = (await answer.json()) as Record<string, unknown>
        if (typeof result === 'string') assert.equal(got, result, body)
        else assert.deepEqual({ ...got, ...result }, got, body)
        assert.equal(answer.status, typeof result === 'string' ? 200 : result === UNKNOWN ? 404 : 400, body)
      }
    })

  bodies.run()
}

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { suite } from 'uvu'
import { dbmate } from '../../tooling/lib/postgres/dbmate.ts'
import { freshDatabase } from '../support/database.ts'

const test = suite('locales')

test('with a Turkish locale, TITLE is found by title, in the text and in the index', async () => {
  await inDatabase("locale_provider icu icu_locale 'tr'", async (client) => {
    await client.query(
      `insert into public.posts (status_id, url, author_handle, body_text, discovered_at, last_seen_at)
      select i::text, 'u', public.read_handle('@IRIS'), case i when 1 then 'The TITLE of it' else 'İzmir, ' || i end, now(), now()
      from generate_series(1, 2000) as i`,
    )
    await client.query('analyze public.posts')
    for (const q of ['title', 'TITLE', 'iris title']) {
      const { rows } = await client.query('select status_id from api.feed(q => $1)', [q])
      assert.deepEqual(rows, [{ status_id: '1' }], q)
    }
    // The table is small, so the planner would choose a scan.
    await client.query('set enable_seqscan = off; set enable_indexscan = off')
    const { rows } = await client.query("explain select from api.feed(q => 'title')")
    assert.match(JSON.stringify(rows), /posts_text/)
    assert.equal(
      (await client.query("select count(*)::int as posts from api.feed(handle => 'IRIS')")).rows[0].posts,
      2000,
    )
  })
})

test.run()

/** A database created with these options, with all of db/ applied. */
async function inDatabase(options: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const server = await freshDatabase({ migrated: false })
  const name = `xmonitor_test_${randomBytes(6).toString('hex')}`
  await server.query(`create database ${name} template template0 encoding 'UTF8' ${options}`)
  const url = new URL(server.url)
  url.pathname = `/${name}`
  const client = new pg.Client({ connectionString: url.href })
  try {
    await client.connect()
    await dbmate(['up'], url.href)
    await work(client)
  } finally {
    await client.end()
    await server.query(`drop database ${name} with (force)`)
    await server.drop()
  }
}

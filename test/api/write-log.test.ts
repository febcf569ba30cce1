import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { makeToken } from '../../tooling/lib/api/token.ts'
import { type Api, ENGINES, SECRET, startApi } from '../support/api.ts'

for (const engine of ENGINES) {
  const log = suite(`the log of writes, ${engine}`, {} as { api: Api })

  log.before(async (context) => {
    context.api = await startApi(engine)
  })
  log.after(async ({ api }) => {
    await api?.stop()
  })
  log.before.each(async ({ api }) => {
    await api.db.query('delete from public.write_log')
  })

  const send = async (api: Api, path: string, token: string, body: object) => {
    const headers = { 'content-type': 'application/json', Authorization: `Bearer ${token}` }
    const answer = await fetch(api.server.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    assert.equal(answer.status, 200, await answer.text())
  }
  const logged = (api: Api) =>
    api.db.query(
      'select token_name, token_id, call, inserted::int, updated::int, removed::int from public.write_log order by id',
    )
  const account = (note: string) => ({ handle: 'zoe', tier: 'teammate', added_at: '2026-01-01', note })

  log('each call that changed something is there, with the name and the id of its token', async ({ api }) => {
    const { token, id } = await makeToken({ role: 'ingest', ttl: '5m', name: 'laptop', secret: SECRET })
    const items = [account('a'), { ...account('b'), handle: 'yan' }]
    await send(api, '/v1/ingest/watch-accounts/batch', token, { items })
    await send(api, '/api/rpc/ingest_watch_accounts', token, { items })
    await send(api, '/api/rpc/ingest_watch_accounts', token, { items: [account('c')] })
    await send(api, '/api/rpc/ingest_removals', token, { items: [{ table_name: 'watch_accounts', key: ['zoe'] }] })
    const by = { token_name: 'laptop', token_id: id }
    const call = '/rpc/ingest_watch_accounts'
    assert.deepEqual(await logged(api), [
      { ...by, call, inserted: 2, updated: 0, removed: 0 },
      { ...by, call, inserted: 0, updated: 1, removed: 0 },
      { ...by, call: '/rpc/ingest_removals', inserted: 0, updated: 0, removed: 1 },
    ])
  })

  log('a token without a name has its id; rows older than 90 days go with the next write', async ({ api }) => {
    await api.db.query(`
      insert into public.write_log (written_at, call, inserted, updated, removed)
      values (now() - interval '91 days', 'old', 1, 0, 0), (now() - interval '89 days', 'recent', 1, 0, 0)`)
    const { token, id } = await makeToken({ role: 'ingest', ttl: '5m', secret: SECRET })
    await send(api, '/api/rpc/ingest_run', token, { run_at: `2026-03-01T00:00:00Z`, mode: 'manual' })
    const rows = (await logged(api)) as { call: string; token_name: string | null; token_id: string | null }[]
    assert.deepEqual(
      rows.map(({ call, token_name, token_id }) => [call, token_name, token_id]),
      [
        ['recent', null, null],
        ['/rpc/ingest_run', null, id],
      ],
    )
  })

  log.run()
}

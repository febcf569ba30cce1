import assert from 'node:assert/strict'
import { idsWhere } from './sample-posts.ts'
import { eventually, expectIds, pageSuite, SIZES, type Stage, shownIds } from './stage.ts'

const { test, run } = pageSuite('similar posts')

/** Gives the newest posts vectors: the fourth, the seventh and the 60th are near duplicates of the second. */
async function insertVectors({ db }: Stage): Promise<string[]> {
  const ids = await idsWhere(db, 'true', 120)
  const angles = ids.map((_, index) => ([1, 3, 6, 59].includes(index) ? index / 1000 : 1 + index / 50))
  const vectors = angles.map((angle) => JSON.stringify([Math.cos(angle), Math.sin(angle)]))
  await db.query('truncate embeddings')
  await db.query(
    `insert into embeddings (status_id, backend, model, dims, vector_json, text_hash, created_at, sign_bits)
    select id, 'b', 'm', 2, vector::jsonb, 'h', now(), sign_bits(vector::jsonb)
    from unnest($1::text[], $2::text[]) as embedding(id, vector)`,
    [ids, vectors],
  )
  return ids
}

/** Only the near duplicates, the rest far from all others and from each other. */
async function onlyDuplicates(stage: Stage): Promise<string[]> {
  const ids = await insertVectors(stage)
  await stage.db.query('delete from embeddings where status_id <> all ($1)', [[1, 3, 6, 59].map((at) => ids[at])])
  return ids
}

test('an open post lists the five most similar ones, and r moves to them', async (stage) => {
  const ids = await insertVectors(stage)
  const page = await stage.visit(`/?post=${ids[1]}`)
  const links = page.locator('.similar a')
  await links.nth(4).waitFor()
  assert.equal(await links.count(), 5)
  const listed = await links.evaluateAll((all) => all.map((link) => new URL((link as HTMLAnchorElement).href).search))
  assert.deepEqual(listed.slice(0, 3), [`?post=${ids[3]}`, `?post=${ids[6]}`, `?post=${ids[59]}`])

  await page.keyboard.press('r')
  assert.equal(await links.first().evaluate((link) => link === document.activeElement), true)
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.searchParams.get('post') === ids[3])
  await page.goBack()
  await page.waitForURL((url) => url.searchParams.get('post') === ids[1])
})

test('they are asked for once the post itself is shown, and their absence does not disturb it', async (stage) => {
  const ids = await insertVectors(stage)
  const page = await stage.blank()
  const calls: string[] = []
  page.on('request', (request) => calls.push(new URL(request.url()).pathname))
  page.on('response', (response) => calls.push(`${new URL(response.url()).pathname} answered`))
  await page.route('**/rpc/similar*', (route) => route.fulfill({ status: 503, json: { message: 'away' } }))
  await page.goto(`${stage.url}/?post=${ids[1]}`)
  await page.locator('.facts', { hasText: 'Collected' }).waitFor()
  await eventually(async () => assert.ok(calls.includes('/api/rpc/similar answered')))
  assert.ok(calls.indexOf('/api/rpc/post answered') < calls.indexOf('/api/rpc/similar'))
  assert.equal(await page.getByText('More like this').count(), 0)
  assert.equal(await page.locator('.side-panel [role=alert]').count(), 0)
})

test('a post without a vector has no such list, and r does nothing', async (stage) => {
  const ids = await onlyDuplicates(stage)
  const page = await stage.visit(`/?post=${ids[0]}`)
  await page.locator('.facts', { hasText: 'Collected' }).waitFor()
  await page.keyboard.press('r')
  assert.equal(await page.getByText('More like this').count(), 0)
})

test('?similar=fold folds near duplicates under the newest one, also those of later pages', async (stage) => {
  const ids = await onlyDuplicates(stage)
  const page = await stage.visit('/?similar=fold')
  const shown = ids.slice(0, 50).filter((_, index) => ![3, 6].includes(index))
  await expectIds(page, shown)
  const button = page.locator(`#post-${ids[1]}`).getByRole('button', { name: '2 similar posts' })
  await button.click()
  const folded = page.locator(`#post-${ids[1]} .post-links a`)
  assert.equal(await folded.count(), 2)
  assert.equal(await button.getAttribute('aria-expanded'), 'true')
  await folded.first().click()
  await page.waitForURL((url) => url.searchParams.get('post') === ids[3] && url.searchParams.get('similar') === 'fold')
  await page.goBack()

  await page.getByRole('button', { name: 'Show more' }).click()
  await page.getByRole('button', { name: '3 similar posts' }).waitFor()
  assert.ok(!(await shownIds(page)).includes(ids[59]!))
})

for (const size of ['phone', 'desktop'] as const)
  test(`on a ${size}, folding is a filter that is turned on and off`, async (stage) => {
    const ids = await onlyDuplicates(stage)
    const page = await stage.visit('/', { viewport: SIZES[size] })
    assert.ok((await shownIds(page)).includes(ids[3]!))
    if (size === 'phone') await page.getByRole('button', { name: 'Filters and more' }).click()
    await page.getByRole('group', { name: 'Similar posts' }).getByRole('button', { name: 'Fold' }).click()
    await page.waitForURL((url) => url.search === '?similar=fold')
    if (size === 'phone') await page.keyboard.press('Escape')
    await eventually(async () => assert.ok(!(await shownIds(page)).includes(ids[3]!)))
    await page.getByText('Similar posts folded').click()
    await page.waitForURL((url) => url.search === '')
    await eventually(async () => assert.ok((await shownIds(page)).includes(ids[3]!)))
  })

test('if duplicates cannot be asked for, all posts are shown', async (stage) => {
  const ids = await onlyDuplicates(stage)
  const page = await stage.blank()
  await page.route('**/rpc/duplicates*', (route) => route.fulfill({ status: 500, json: { message: 'no' } }))
  await page.goto(`${stage.url}/?similar=fold`)
  await expectIds(page, ids.slice(0, 50))
})

run()

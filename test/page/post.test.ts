import assert from 'node:assert/strict'
import { idsWhere } from './sample-posts.ts'
import { eventually, expectIds, pageSuite, SIZES, stableScroll } from './stage.ts'

const { test, run } = pageSuite('an open post')

test('it has a URL, its metrics as charts and as a table, its report and its origin', async (stage) => {
  const [id] = await idsWhere(
    stage.db,
    "is_significant and status_id in (select status_id from reports) and author_handle = 'papermoth'",
    1,
  )
  await stage.ingest('ingest_metrics', {
    items: [
      {
        status_id: id,
        snapshot_type: 'latest_observed',
        snapshot_at: new Date().toISOString(),
        likes: 4321,
        reposts: 2,
        replies: 3,
        views: 999999,
      },
    ],
  })
  const page = await stage.visit(`/?post=${id}`)
  const panel = page.locator('.side-panel')
  await panel.locator('table').waitFor()
  assert.deepEqual(
    await panel.locator('tbody tr th').evaluateAll((cells) => cells.map((cell) => cell.firstChild!.textContent)),
    ['First seen', 'Last seen', 'Last seen'],
  )
  assert.match((await panel.locator('tbody tr').last().textContent())!, /234,3214,321|4,321999,999|4,321/)
  assert.equal(await panel.locator('svg[role=img]').count(), 4)
  assert.match((await panel.getByRole('img', { name: /^likes: from/ }).getAttribute('aria-label'))!, /to 4,321$/)
  const dots = await panel
    .getByRole('img', { name: /^likes: from/ })
    .locator('.dots')
    .getAttribute('d')
  assert.equal(dots!.split('M').length - 1, 3)
  const facts = (await panel.locator('.facts').allTextContents()).join(' ')
  for (const fact of ['signal', 'group', 'Worth a look', 'discovered', 'last seen', 'priority', id!])
    assert.ok(facts.includes(fact), fact)
  assert.equal(
    await panel.getByRole('link', { name: 'Open on X' }).getAttribute('href'),
    `https://x.com/papermoth/status/${id}`,
  )
  assert.equal(await panel.getByRole('link', { name: 'Open on X' }).getAttribute('rel'), 'noopener noreferrer nofollow')
})

test('the 24 hour refresh shows its deltas', async (stage) => {
  const [id] = await idsWhere(stage.db, 'true', 1)
  await stage.db.query(
    `update posts set refresh_24h_at = now(), refresh_24h_status = 'ok', refresh_24h_delta_likes = 12, refresh_24h_delta_reposts = 0, refresh_24h_delta_replies = -3, refresh_24h_delta_views = 1500 where status_id = $1`,
    [id],
  )
  const page = await stage.visit(`/?post=${id}`)
  const deltas = page.locator('.facts', { hasText: 'First 24 hours' })
  await deltas.waitFor()
  assert.deepEqual(await deltas.locator('dd').allTextContents(), ['−3', '+0', '+12', '+1,500'])
})

for (const size of ['phone', 'desktop'] as const)
  test(`on a ${size}, opening and closing keeps the scroll position and the focus`, async (stage) => {
    const page = await stage.visit('/', { viewport: SIZES[size] })
    const id = (await idsWhere(stage.db, 'true', 30))[20]!
    const row = page.locator(`#post-${id}`)
    await row.scrollIntoViewIfNeeded()
    const before = await stableScroll(page)
    await row.locator('.when').click()
    await page.waitForURL(/post=/)
    await page.locator('.side-panel h2', { hasText: 'Post' }).waitFor()
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Post'))
    assert.equal(await page.locator('main').getAttribute('inert'), size === 'phone' ? '' : null)
    await page.keyboard.press('Escape')
    await page.waitForURL((url) => !url.search.includes('post='))
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement?.id), `post-${id}`))
    const after = await stableScroll(page)
    assert.ok(Math.abs(after - before) < 3, `it was scrolled to ${before}, and is to ${after}`)
  })

test('a click on the text opens it, a click on a link in it does not', async (stage) => {
  const page = await stage.visit()
  await page
    .locator('.post .text')
    .first()
    .click({ position: { x: 3, y: 10 } })
  await page.waitForURL(/post=/)
  await page.goBack()
  await page.waitForURL((url) => url.search === '')
  const link = page.locator('.post .text a').first()
  assert.equal(await link.getAttribute('target'), '_blank')
  await link.evaluate((a) => a.addEventListener('click', (event) => event.preventDefault()))
  await link.click()
  assert.equal(await page.evaluate(() => location.search), '')
})

test('older and newer follow the timeline past its last loaded post, and Back closes the panel', async (stage) => {
  const ids = await idsWhere(stage.db, "watch_tier = 'teammate'", 60)
  const page = await stage.visit('/?tier=teammate')
  await page.locator(`#post-${ids[49]} .when`).click()
  await page.getByRole('button', { name: 'Older' }).click()
  await page.waitForURL((url) => url.searchParams.get('post') === ids[50])
  await page.keyboard.press('j')
  await page.waitForURL((url) => url.searchParams.get('post') === ids[51])
  await page.getByRole('button', { name: 'Newer' }).click()
  await page.waitForURL((url) => url.searchParams.get('post') === ids[50])
  await page.goBack()
  await page.waitForURL((url) => url.search === '?tier=teammate')
  await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement?.id), `post-${ids[50]}`))
})

test('the URL of a post opens it over the timeline, and closing shows the timeline', async (stage) => {
  const [id] = await idsWhere(stage.db, 'true', 1)
  const page = await stage.visit(`/?post=${id}&significant=1`)
  await page.getByRole('button', { name: 'Close' }).click()
  await page.waitForURL((url) => url.search === '?significant=1')
  await expectIds(page, await idsWhere(stage.db, 'is_significant'))
})

test('a post that does not exist is reported, with a way back', async (stage) => {
  const page = await stage.visit('/?post=12345')
  await page.getByText('Post 12345 not found.').waitFor()
  await page.getByRole('button', { name: 'Back to the feed' }).click()
  await page.waitForURL((url) => url.search === '')
})

test('its link can be copied', async (stage) => {
  const [id] = await idsWhere(stage.db, 'true', 1)
  const page = await stage.visit(`/?post=${id}&tier=other`, { permissions: ['clipboard-read', 'clipboard-write'] })
  await page.getByRole('button', { name: 'Copy link' }).click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${stage.url}/?post=${id}`)
})

test('its link can be copied over plain http, where there is no clipboard', async (stage) => {
  const [id] = await idsWhere(stage.db, 'true', 1)
  const page = await stage.blank({ permissions: ['clipboard-read', 'clipboard-write'] })
  await page.addInitScript(() => {
    const { clipboard } = navigator
    Object.assign(window, { readClipboard: () => clipboard.readText() })
    Object.defineProperty(navigator, 'clipboard', { value: undefined })
  })
  await page.goto(`${stage.url}/?post=${id}`)
  await page.getByRole('button', { name: 'Copy link' }).click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  const copied = page.evaluate(() => (window as unknown as { readClipboard: () => Promise<string> }).readClipboard())
  assert.equal(await copied, `${stage.url}/?post=${id}`)
})

test('what the monitor did not record is called so, and no section is empty', async (stage) => {
  const [id] = await idsWhere(stage.db, 'true', 1)
  await stage.db.query(
    `update posts set initial_likes = null, refresh_24h_at = discovered_at + interval '1 day', views_24h = 5,
       refresh_24h_delta_likes = null, refresh_24h_delta_reposts = null, refresh_24h_delta_replies = null, refresh_24h_delta_views = null
     where status_id = $1`,
    [id],
  )
  await stage.db.query(
    `insert into post_metrics_snapshots (status_id, snapshot_type, snapshot_at, likes, reposts, replies, views)
     select status_id, 'refresh_24h', refresh_24h_at, likes, reposts, replies, 5 from posts where status_id = $1`,
    [id],
  )
  const page = await stage.visit(`/?post=${id}`)
  await page.locator('.over-time table').waitFor()
  const row = (name: string) => page.locator('.over-time tr', { hasText: name }).first().locator('td').allTextContents()
  assert.deepEqual(await row('First seen'), ['0', '0', 'not recorded', '0'])
  assert.deepEqual(await row('After 24 hours'), ['not recorded', 'not recorded', 'not recorded', '5'])
  const sections = await page.$$eval('.side-panel section', (all) => all.map((section) => section.textContent))
  assert.ok(!sections.some((text) => text === 'First 24 hours'), sections.join(' | '))
})

run()

import assert from 'node:assert/strict'
import { idsWhere } from './sample-posts.ts'
import { eventually, expectIds, pageSuite, SIZES, stableScroll } from './stage.ts'

const { test, run } = pageSuite('an open post')

test('it has a URL, its metrics as a chart and as a table, its report and its origin', async (stage) => {
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
    ['First seen', 'Seen', 'Last seen'],
  )
  assert.match((await panel.locator('tbody tr').last().textContent())!, /4,321/)
  const chart = panel.getByRole('slider', { name: 'likes over time' })
  assert.match(
    (await chart.getAttribute('aria-valuetext'))!,
    /^Last seen, .*: 4,321 likes, \+[\d,]+, .* per hour since$/,
  )
  assert.equal(await chart.locator('circle').count(), 3)
  const facts = (await panel.locator('.facts').allTextContents()).join(' ')
  for (const fact of ['signal', 'group', 'Worth a look', 'discovered', 'last seen', 'priority', id!])
    assert.ok(facts.includes(fact), fact)
  assert.equal(
    await panel.getByRole('link', { name: 'Open on X' }).getAttribute('href'),
    `https://x.com/papermoth/status/${id}`,
  )
  assert.equal(await panel.getByRole('link', { name: 'Open on X' }).getAttribute('rel'), 'noopener noreferrer nofollow')
})

test('the chart says values and rates to the mouse, touch and the keyboard; the table has the gains', async (stage) => {
  const id = (await idsWhere(stage.db, 'true', 9))[8]
  await stage.db.query('delete from post_metrics_snapshots where status_id = $1', [id])
  await stage.db.query(
    `insert into post_metrics_snapshots (status_id, snapshot_type, snapshot_at, likes, reposts, replies, views)
     values ($1, 'initial_capture', '2026-03-01T09:00Z', 10, 0, 3, 1000), ($1, 'refresh_24h', '2026-03-02T09:00Z', 250, 0, 1, 61000),
       ($1, 'latest_observed', '2026-03-04T09:00Z', 262, 0, 1, 62500)`,
    [id],
  )
  const page = await stage.visit(`/?post=${id}`, { hasTouch: true })
  const chart = page.locator('.over-time [role=slider]')
  const caption = page.locator('.over-time .caption')
  const expect = (text: string) => eventually(async () => assert.equal(await caption.textContent(), text))
  await expect('Last seen, 4 Mar 2026, 10:00: 262 likes, +12, +0.3 per hour since')
  await chart.focus()
  await page.keyboard.press('ArrowLeft')
  await expect('After 24 hours, 2 Mar 2026, 10:00: 250 likes, +240, +10 per hour since')
  assert.equal(await chart.getAttribute('aria-valuetext'), await caption.textContent())
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowLeft')
  await expect('First seen, 1 Mar 2026, 10:00: 10 likes')
  await page.getByRole('button', { name: /^views/ }).click()
  await expect('Last seen, 4 Mar 2026, 10:00: 62,500 views, +1,500, +31.3 per hour since')
  const points = await chart.locator('circle').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().x + 4))
  const { y, height } = (await chart.boundingBox())!
  await page.mouse.move(points[1]!, y + height / 2)
  await expect('After 24 hours, 2 Mar 2026, 10:00: 61,000 views, +60,000, +2.5k per hour since')
  await page.touchscreen.tap(points[0]!, y + height / 2)
  await expect('First seen, 1 Mar 2026, 10:00: 1,000 views')
  assert.deepEqual(await chart.locator('text').allTextContents(), ['0', '50k', '100k', '2 Mar', '3 Mar', '4 Mar'])
  const cells = page.locator('.over-time tbody tr').nth(1).locator('td')
  assert.deepEqual(await cells.allTextContents(), ['1 −2', '0', '250 +240', '61,000 +60,000'])
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

test('the labels of the chart are never cut off, also where hours are longest', async (stage) => {
  const id = (await idsWhere(stage.db, 'true', 8))[7]
  await stage.db.query('delete from post_metrics_snapshots where status_id = $1', [id])
  await stage.db.query(
    `insert into post_metrics_snapshots (status_id, snapshot_type, snapshot_at, likes, reposts, replies, views)
     values ($1, 'initial_capture', '2026-03-01T11:00Z', 10, 0, 3, 1000), ($1, 'latest_observed', '2026-03-01T23:00Z', 20, 0, 3, 1000)`,
    [id],
  )
  const page = await stage.visit(`/?post=${id}`, { locale: 'en-US' })
  const labels = page.locator('.over-time svg text')
  await labels.getByText('12:00 AM').waitFor()
  const { x: left, width } = (await page.locator('.over-time svg').boundingBox())!
  for (const label of await labels.all()) {
    const box = (await label.boundingBox())!
    assert.ok(box.x >= left && box.x + box.width <= left + width, (await label.textContent())!)
  }
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

test('what the monitor did not record is called so', async (stage) => {
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
  assert.equal(await page.locator('.over-time circle').count(), 1)
  assert.deepEqual(await row('After 24 hours'), ['not recorded', 'not recorded', 'not recorded', '5 +5'])
})

run()

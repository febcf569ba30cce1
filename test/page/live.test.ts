import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { idsWhere } from './sample-posts.ts'
import { eventually, expectIds, pageSuite, ready, type Stage, shownIds, stableScroll } from './stage.ts'

const { test, run } = pageSuite('a tab that stays open')

let next = 1

/** Sends new posts as a collector does; returns their ids, newest first. */
async function arrive(stage: Stage, count: number, watch_tier = 'teammate'): Promise<string[]> {
  const items = Array.from({ length: count }, (_, i) => ({
    status_id: `${1950000000000000000n + BigInt(next++)}`,
    url: 'https://x.com/lantern_lab/status/1',
    author_handle: 'lantern_lab',
    body_text: `Just in, ${i}`,
    watch_tier,
    discovered_at: new Date(Date.now() + i).toISOString(),
    last_seen_at: new Date().toISOString(),
  }))
  assert.equal((await stage.ingest('ingest_posts', { items })).inserted, count)
  return items.map((item) => item.status_id).reverse()
}

/** A page whose clock the test moves, once its own requests are done. */
async function visitWithClock(stage: Stage, path = '/'): Promise<Page> {
  const page = await stage.blank()
  await page.clock.install()
  await page.goto(stage.url + path)
  await ready(page)
  for (const answer of ['#watchlist option', '.bars .posts']) await page.waitForSelector(answer, { state: 'attached' })
  return page
}

/** Scrolls down a bit; returns the position. */
async function scrollDown(page: Page): Promise<number> {
  await page.mouse.wheel(0, 700)
  await page.waitForFunction(() => scrollY > 500)
  return stableScroll(page)
}

const pill = (page: Page) => page.locator('.newer button')

test('after a minute a pill counts the new posts, nothing moves, and pressing it shows them', async (stage) => {
  const page = await visitWithClock(stage)
  const scroll = await scrollDown(page)
  const [ids, after] = [await arrive(stage, 3), await idsWhere(stage.db)]
  const shown = await shownIds(page)
  await page.clock.runFor(61_000)
  await eventually(async () => assert.equal(await pill(page).textContent(), '3 new posts'))
  await eventually(async () => assert.equal(await page.title(), '(3) XMonitor'))
  assert.deepEqual(await shownIds(page), shown)
  assert.equal(await stableScroll(page), scroll)
  await pill(page).click()
  await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement?.id), `post-${ids[0]}`))
  assert.deepEqual((await shownIds(page)).slice(0, 50), after)
  assert.equal(await stableScroll(page), 0)
  await eventually(async () => assert.equal(await page.title(), 'XMonitor'))
})

test('at the top, while the reader is idle, they show by themselves', async (stage) => {
  const page = await visitWithClock(stage)
  const [id] = await arrive(stage, 1)
  await page.clock.runFor(61_000)
  await page.waitForSelector(`#post-${id}`)
  await eventually(async () => assert.equal(await pill(page).count(), 0))
})

test('a key shows them at once', async (stage) => {
  const page = await stage.visit()
  await page.waitForSelector('#watchlist option', { state: 'attached' })
  const [id] = await arrive(stage, 1)
  await page.keyboard.press('.')
  await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement?.id), `post-${id}`))
})

test('only posts of the current filters count', async (stage) => {
  const page = await visitWithClock(stage, '/?tier=ecosystem')
  await scrollDown(page)
  await arrive(stage, 2, 'teammate')
  await arrive(stage, 1, 'ecosystem')
  await page.clock.runFor(61_000)
  await eventually(async () => assert.equal(await pill(page).textContent(), '1 new post'))
})

test('more than a page of new posts leaves no gap', async (stage) => {
  const page = await visitWithClock(stage)
  await scrollDown(page)
  await arrive(stage, 60)
  await page.clock.runFor(61_000)
  await eventually(async () => assert.equal(await pill(page).textContent(), '50+ new posts'))
  await pill(page).click()
  await expectIds(page, await idsWhere(stage.db))
})

test('a hidden tab sends no request', async (stage) => {
  const page = await visitWithClock(stage)
  const asked: string[] = []
  page.on('request', (request) => request.url().includes('/rpc/feed') && asked.push(request.url()))
  await page.evaluate(() => Object.defineProperty(document, 'hidden', { value: true, configurable: true }))
  await page.clock.runFor(200_000)
  assert.deepEqual(asked, [])
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: false })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await eventually(async () => assert.equal(asked.length, 1))
  // And no second one follows.
  await page.clock.runFor(50_000)
  assert.equal(asked.length, 1, asked.join())
})

test('relative times are updated', async (stage) => {
  await arrive(stage, 1)
  const page = await visitWithClock(stage)
  const time = page.locator('.post time').first()
  assert.equal(await time.textContent(), 'now')
  await page.clock.runFor(10 * 60_000)
  await eventually(async () => assert.match((await time.textContent())!, /^\d+ ?m(in)? ago$/))
})

test('the overview follows the feed: its numbers, and its recovery from an error', async (stage) => {
  const page = await visitWithClock(stage)
  const posts = page.locator('.totals a').first()
  const before = Number((await posts.textContent())!.replace(',', ''))
  await arrive(stage, 2)
  await page.clock.runFor(61_000)
  await eventually(async () => assert.equal(Number((await posts.textContent())!.replace(',', '')), before + 2))

  const other = await stage.blank()
  await other.clock.install()
  await other.route('**/api/rpc/**', (route) => route.abort())
  await other.goto(stage.url)
  await other.locator('.side-panel').getByRole('alert').waitFor()
  await ready(other)
  await other.unroute('**/api/rpc/**')
  // To the first retry, and not so far that this one times out.
  await other.clock.runFor(11_000)
  await eventually(async () => assert.match((await other.locator('.totals').textContent())!, /^posts\d/))
  await other.waitForSelector('.bars .posts', { state: 'attached' })
})

test('a chart that does not load says so, and can be tried again', async (stage) => {
  const page = await stage.blank()
  await page.route('**/rpc/activity?*', (route) => route.fulfill({ status: 503, body: '' }))
  await page.goto(stage.url)
  await page.locator('.activity').getByText('Server error (HTTP 503).').waitFor()
  await page.unroute('**/rpc/activity?*')
  await page.locator('.activity').getByRole('button', { name: 'Try again' }).click()
  await page.waitForSelector('.bars .posts', { state: 'attached' })
})

run()

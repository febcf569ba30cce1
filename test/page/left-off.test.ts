import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { idsWhere } from './sample-posts.ts'
import { eventually, expectIds, pageSuite, ready, SIZES, type Stage, stableScroll, topPost } from './stage.ts'

const { test, run } = pageSuite('where the reader left off')

const HOUR = 3_600_000
let next = 1

/** A collector sends new posts. */
async function arrive(stage: Stage, count: number): Promise<void> {
  const items = Array.from({ length: count }, (_, i) => ({
    status_id: `${1970000000000000000n + BigInt(next++)}`,
    url: 'https://x.com/lantern_lab/status/1',
    author_handle: 'lantern_lab',
    body_text: `Just in, ${i}`,
    watch_tier: 'teammate',
    discovered_at: new Date(Date.now() + i).toISOString(),
    last_seen_at: new Date().toISOString(),
  }))
  assert.equal((await stage.ingest('ingest_posts', { items })).inserted, count)
}

/** Leaves the page, and makes the stored visits as much older. */
async function beAway(page: Page, stage: Stage, time: number): Promise<void> {
  await page.goto(`${stage.url}/licenses.txt`)
  await page.evaluate((time) => {
    const visits = JSON.parse(localStorage.getItem('xmonitor.visits')!)
    for (const visit of Object.values<{ at: number }>(visits)) visit.at -= time
    localStorage.setItem('xmonitor.visits', JSON.stringify(visits))
  }, time)
}

test('a line says what is new since the last visit, and seen posts are quieter', async (stage) => {
  const page = await stage.visit()
  const [newest] = await idsWhere(stage.db)
  assert.equal(await page.locator('.left-off, .resume, [data-read=true]').count(), 0)
  const sinceYesterdayNoon = await page.evaluate(() => Date.now() - new Date().setHours(-12, 0, 0, 0))
  await beAway(page, stage, sinceYesterdayNoon)
  await arrive(stage, 3)
  await page.goto(stage.url)
  const line = page.locator('.left-off')
  await eventually(async () => assert.match((await line.textContent())!, /^New since yesterday 12:00 · 3 posts$/))
  assert.equal(await line.evaluate((one) => one.closest<HTMLElement>('.post')!.dataset.id), newest)
  const { y } = (await page.getByRole('button', { name: 'Back to where you were' }).boundingBox())!
  assert.ok(y > SIZES.desktop.height / 2 && y < SIZES.desktop.height, `the button is at ${y}`)
  const seen = await page.$$eval('.post', (posts) => posts.map((post) => (post as HTMLElement).dataset.read))
  assert.deepEqual([...new Set(seen.slice(0, 3))], ['false'])
  assert.deepEqual([...new Set(seen.slice(3))], ['true'])
  // Nothing moved, and a reload within the visit keeps the line.
  assert.equal(await stableScroll(page), 0)
  await page.reload()
  await eventually(async () => assert.match((await line.textContent())!, /· 3 posts$/))
})

for (const how of ['button', 'key'] as const)
  test(`the ${how} goes back to the post that was at the top, however far down`, async (stage) => {
    const page = await stage.visit('/', { viewport: SIZES.phone })
    await page.waitForFunction(
      async () => {
        scrollBy(0, 2000)
        await new Promise(requestAnimationFrame)
        return document.querySelectorAll('.post').length > 100
      },
      undefined,
      { polling: 30 },
    )
    await stableScroll(page)
    const before = await topPost(page)
    await beAway(page, stage, 2 * HOUR)
    await arrive(stage, 2)
    await page.goto(stage.url)
    await ready(page)
    const button = page.getByRole('button', { name: /^New since .*Back to where you were$/ })
    await button.waitFor()
    assert.equal(await stableScroll(page), 0)
    if (how === 'button') await button.click()
    else await page.keyboard.press('l')
    await eventually(async () => assert.equal((await topPost(page)).id, before.id))
    await eventually(async () =>
      assert.equal(await page.evaluate(() => document.activeElement!.id), `post-${before.id}`),
    )
    if (how === 'button') assert.equal(await button.count(), 0)
  })

test('each view has its own line, and a view that is new to the reader has none', async (stage) => {
  const page = await stage.visit('/?tier=teammate')
  await beAway(page, stage, 2 * HOUR)
  await arrive(stage, 1)
  await page.goto(`${stage.url}/?tier=ecosystem`)
  await ready(page)
  await expectIds(page, await idsWhere(stage.db, "watch_tier = 'ecosystem'"))
  assert.equal(await page.locator('.left-off').count(), 0)
  await page.goto(`${stage.url}/?tier=teammate`)
  await eventually(async () => assert.match((await page.locator('.left-off').textContent())!, /· 1 post$/))
})

test('nonsense in storage does no harm', async (stage) => {
  for (const stored of [
    '{"?": 1}',
    '{"?": {"at": "x"}}',
    '[]',
    'null',
    '{"?":{"at":1,"cursor":"0","anchor":{"id":"none"}}}',
  ]) {
    const page = await stage.blank()
    await page.goto(`${stage.url}/licenses.txt`)
    await page.evaluate((stored) => localStorage.setItem('xmonitor.visits', stored), stored)
    await page.goto(stage.url)
    await ready(page)
    await expectIds(page, await idsWhere(stage.db))
  }
})

run()

import assert from 'node:assert/strict'
import { idsWhere, POSTS } from './sample-posts.ts'
import { eventually, expectIds, pageSuite, SIZES, shownIds } from './stage.ts'

const { test, run } = pageSuite('the timeline')

test('the newest fifty posts are shown in the order of the API', async (stage) => {
  const page = await stage.visit()
  await expectIds(page, await idsWhere(stage.db))
})

test('the page begins at the upper edge of the window', async (stage) => {
  for (const viewport of Object.values(SIZES)) {
    const page = await stage.visit('/', { viewport })
    assert.equal((await page.locator('.reader > header').boundingBox())!.y, 0, `${viewport.width} pixels wide`)
  }
})

test('a post shows its author, tier, time, text, metrics and status', async (stage) => {
  const id = '1700000000000000001'
  await stage.db.query(
    `insert into posts (status_id, url, author_handle, author_display, watch_tier, body_text, is_significant, significance_reason,
       likes, reposts, replies, views, discovered_at, last_seen_at)
     values ($1, 'https://x.com/a/status/1', 'lantern_lab', 'Lantern Lab', 'teammate', 'Fog.', true, 'many replies',
       0, 1, 12345, 3000000000, '2024-01-02T03:04:05Z', now())`,
    [id],
  )
  await stage.db.query(`insert into reports (status_id, reported_at) values ($1, '2024-01-02T06:04:05Z')`, [id])
  const page = await stage.visit('/?since=2024-01-02&until=2024-01-02', { timezoneId: 'Asia/Tokyo', locale: 'en-US' })
  await expectIds(page, [id])
  const text = async (part: string) => (await page.locator(`.post ${part}`).textContent())!.replace(/\s+/g, ' ').trim()
  assert.equal(await text('.author'), 'LLLantern Lab @lantern_lab Teammate')
  assert.equal(await text('.text'), 'Fog.')
  // 03:04 in London is 12:04 in Tokyo; the date is in the heading.
  assert.equal(await text('time'), '12:04\u202fPM'.replace(/\s/g, ' '))
  await eventually(async () =>
    assert.equal((await page.locator('.day').textContent())!.trim(), 'Tuesday, January 2, 2024 1 post'),
  )
  // At noon, in the middle of the day.
  for (const bar of ['.strip path:nth-child(2)', '.strip .significant'])
    assert.match((await page.locator(bar).getAttribute('d'))!, /^M50 14V[\d.]+$/)
  await page.locator('.post time').hover()
  assert.match((await page.locator('.post time').getAttribute('title'))!, /January 2, 2024.*12:04/)
  assert.equal(await text('.metrics'), '12.3K12,345 replies11 repost0 likes3B3,000,000,000 views')
  assert.equal(await text('.reason'), 'Significant: Many replies')
  assert.equal(await text('.reported'), 'Reported 3 hours later')
  await stage.db.query('delete from posts where status_id = $1', [id])
})

test('a name that only repeats the handle is omitted', async (stage) => {
  const page = await stage.visit('/?handle=breadandstring')
  assert.equal((await page.locator('.author').first().textContent())!.trim(), 'B @breadandstring')
})

test('a long text is folded, and unfolds in place', async (stage) => {
  const id = '1700000000000000002'
  const text = `Begin ${'word '.repeat(400)}end`
  await stage.db.query(
    `insert into posts (status_id, url, author_handle, body_text, discovered_at, last_seen_at)
     values ($1, 'https://x.com/a/status/2', 'a', $2, '2024-02-02', now())`,
    [id, text],
  )
  const page = await stage.visit('/?since=2024-02-02&until=2024-02-02')
  const shown = page.locator('.post .text')
  assert.ok((await shown.textContent())!.length < 600)
  await page.getByRole('button', { name: 'Show all 2,009 characters' }).click()
  await eventually(async () => assert.equal(await shown.textContent(), text))
  await stage.db.query('delete from posts where status_id = $1', [id])
})

test('scrolling loads every post to the end exactly once', async (stage) => {
  const page = await stage.visit('/', { viewport: SIZES.phone })
  for (const end = Date.now() + 90_000; Date.now() < end && !(await page.locator('.end').count()); ) {
    await page.mouse.wheel(0, 20_000)
    await page.waitForTimeout(40)
  }
  // If there is something else, it says why.
  assert.match((await page.locator('main').textContent())!.slice(-200), new RegExp(`End of feed: ${POSTS} posts$`))
  assert.deepEqual(await shownIds(page), await idsWhere(stage.db, 'true', 1000))
})

test('more is loaded where a busy browser reports at once that the end was far and that it is near', async (stage) => {
  const page = await stage.blank({ viewport: SIZES.phone })
  await page.addInitScript(() => {
    const Observer = IntersectionObserver
    window.IntersectionObserver = class extends Observer {
      constructor(callback: IntersectionObserverCallback, options?: IntersectionObserverInit) {
        let waiting: IntersectionObserverEntry[] = []
        super((entries, observer) => {
          if (!waiting.length)
            setTimeout(() => {
              callback(waiting, observer)
              waiting = []
            }, 1000)
          waiting.push(...entries)
        }, options)
      }
    }
  })
  await page.goto(stage.url)
  await expectIds(page, await idsWhere(stage.db, 'true', 50))
  await page.mouse.wheel(0, 20_000)
  await expectIds(page, await idsWhere(stage.db, 'true', 100))
})

test('a button loads more without scrolling', async (stage) => {
  const page = await stage.visit()
  // Without scrolling to it: a button that comes near presses itself.
  await page.locator('.more').evaluate((button) => button.focus({ preventScroll: true }))
  await page.keyboard.press('Enter')
  await expectIds(page, await idsWhere(stage.db, 'true', 100))
})

run()

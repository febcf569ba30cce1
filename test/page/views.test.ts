import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { idsWhere } from './sample-posts.ts'
import { eventually, expectIds, pageSuite, ready, SIZES, stableScroll, topPost } from './stage.ts'

const { test, run } = pageSuite('views, days and files')

const tabs = (page: Page) => page.getByRole('navigation', { name: 'Views' }).getByRole('link')

async function saveView(page: Page, path: string, name: string): Promise<void> {
  await page.goto(path)
  await ready(page)
  await page.getByRole('button', { name: 'Save this view' }).click()
  await page.keyboard.type(name)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: `Delete ${name}` }).waitFor()
}

test('saved views are tabs, which can be renamed and moved, on a phone too', async (stage) => {
  const page = await stage.visit()
  assert.equal(await tabs(page).count(), 0)
  await saveView(page, `${stage.url}/?tier=teammate`, 'Team')
  await saveView(page, `${stage.url}/?significant=1`, 'Signal')
  await saveView(page, `${stage.url}/?tier=other`, 'Rest')
  assert.deepEqual(await tabs(page).allTextContents(), ['All', 'Team', 'Signal', 'Rest'])
  await page.getByRole('button', { name: 'Move Rest left' }).click()
  await page.getByRole('button', { name: 'Rename' }).click()
  assert.equal(await page.getByLabel('Name of this view').inputValue(), 'Rest')
  await page.getByLabel('Name of this view').fill('Others')
  await page.keyboard.press('Enter')
  await eventually(async () =>
    assert.deepEqual(await tabs(page).allTextContents(), ['All', 'Team', 'Others', 'Signal']),
  )
  await page.setViewportSize(SIZES.phone)
  await tabs(page).filter({ hasText: 'Signal' }).click()
  await page.waitForURL((url) => url.search === '?significant=1')
  assert.equal(await tabs(page).filter({ hasText: 'Signal' }).getAttribute('aria-current'), 'true')
  await expectIds(page, await idsWhere(stage.db, 'is_significant'))
})

test('on a phone the tab of the current view is in sight, however many there are', async (stage) => {
  const page = await stage.visit()
  for (const tier of ['teammate', 'investor', 'influencer', 'ecosystem', 'other'])
    await saveView(page, `${stage.url}/?tier=${tier}`, `All posts by ${tier}`)
  await page.setViewportSize(SIZES.phone)
  await page.reload()
  await ready(page)
  const current = page.locator('.tabs [aria-current]')
  assert.equal(await current.textContent(), 'All posts by other')
  const { x, width } = (await current.boundingBox())!
  assert.ok(x >= 0 && x + width <= SIZES.phone.width, `${x} + ${width}`)
})

test('a tab says how many posts are new there since the reader last looked at it', async (stage) => {
  const page = await stage.visit('/?tier=teammate')
  await saveView(page, `${stage.url}/?tier=teammate`, 'Team')
  await page.goto(`${stage.url}/?tier=ecosystem`)
  await ready(page)
  const items = [1, 2].map((n) => ({
    status_id: `80000000000000000${n}`,
    url: `https://x.com/a/status/${n}`,
    author_handle: 'lantern_lab',
    watch_tier: 'teammate',
    discovered_at: new Date(Date.now() + n).toISOString(),
    last_seen_at: new Date().toISOString(),
  }))
  await stage.ingest('ingest_posts', { items })
  await page.reload()
  const counts = async () => (await tabs(page).allTextContents()).map((text) => text.replace(/\s+/g, ' '))
  await eventually(async () => assert.deepEqual(await counts(), ['All', 'Team2 new']))
  await tabs(page).last().click()
  await eventually(async () => assert.deepEqual(await counts(), ['All', 'Team']))
  await tabs(page).first().click()
  await page.waitForURL((url) => url.search === '')
  await page.reload()
  await ready(page)
  await page.waitForTimeout(500)
  assert.deepEqual(await counts(), ['All', 'Team'])
  await stage.db.query('delete from posts where status_id = any($1)', [items.map((item) => item.status_id)])
})

test('a date can be jumped to without filtering by it', async (stage) => {
  const [row] = await stage.db.query<{ day: string }>(
    `select to_char(min(discovered_at at time zone 'Europe/Berlin') + interval '3 days', 'YYYY-MM-DD') as day from posts`,
  )
  const day = row!.day
  const page = await stage.visit('/?tier=influencer,other')
  await page.getByLabel('Jump to').fill(day)
  await page.waitForURL((url) => url.search === `?tier=influencer,other&at=${day}`)
  const inFilters = "(watch_tier = 'influencer' or watch_tier is null)"
  const until = `(discovered_at at time zone 'Europe/Berlin')::date <= '${day}'`
  await expectIds(page, await idsWhere(stage.db, `${inFilters} and ${until}`))
  assert.deepEqual(await page.locator('.chips li').allTextContents(), ['Influencer ', 'Other ', 'Reset'])
  await page.reload()
  await expectIds(page, await idsWhere(stage.db, `${inFilters} and ${until}`))
  await page.getByRole('link', { name: 'Newest posts' }).click()
  await expectIds(page, await idsWhere(stage.db, inFilters))
  await page.goBack()
  await expectIds(page, await idsWhere(stage.db, `${inFilters} and ${until}`))
})

for (const size of ['phone', 'desktop'] as const)
  test(`on a ${size}, a link to an old post shows the timeline around it`, async (stage) => {
    const ids = await idsWhere(stage.db, 'true', 1000)
    const id = ids[300]!
    const page = await stage.visit(`/?post=${id}`, { viewport: SIZES[size] })
    await page.locator(`#post-${id}`).waitFor({ state: 'attached' })
    await page.keyboard.press('Escape')
    await page.waitForURL((url) => /^\?at=/.test(url.search))
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement?.id), `post-${id}`))
    await stableScroll(page)
    const around = ids.indexOf((await topPost(page)).id)
    assert.ok(around > 290 && around <= 300, `${around}`)
    const box = (await page.locator(`#post-${id}`).boundingBox())!
    assert.ok(box.y > 0 && box.y < SIZES[size].height, JSON.stringify(box))
  })

test('a post among the newest ones, or opened from the list, leaves the timeline alone', async (stage) => {
  const ids = await idsWhere(stage.db, 'true', 60)
  const page = await stage.visit(`/?post=${ids[3]}`)
  await page.locator('.over-time').waitFor()
  assert.equal(await page.evaluate(() => location.search), `?post=${ids[3]}`)
  await expectIds(page, ids.slice(0, 50))
})

test('the posts of the filters download as CSV', async (stage) => {
  const page = await stage.visit('/?tier=ecosystem')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download as CSV' }).click()
  const file = await download
  assert.equal(file.suggestedFilename(), 'xmonitor.csv')
  const lines = readFileSync(await file.path(), 'utf8').split('\n')
  assert.match(lines[0]!, /^status_id,discovered_at,author_handle/)
  const ids = await idsWhere(stage.db, "watch_tier = 'ecosystem'", 1000)
  assert.deepEqual(
    lines.flatMap((line) => /^(\d{19}),/.exec(line)?.[1] ?? []),
    ids,
  )
})

test('posts whose texts are more than an answer may have download as CSV, in the order of the feed', async (stage) => {
  await stage.db.query(`update posts set body_text = body_text || repeat('.', 25000)`)
  try {
    const page = await stage.visit()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download as CSV' }).click()
    const ids = readFileSync(await (await download).path(), 'utf8').match(/^\d{19}(?=,)/gm)
    assert.deepEqual(ids, await idsWhere(stage.db, 'true', 1000))
  } finally {
    await stage.db.query(`update posts set body_text = rtrim(body_text, '.')`)
  }
})

test('on a phone a post is shared, and a swipe turns to the next one', async (stage) => {
  const ids = await idsWhere(stage.db)
  const page = await stage.blank({ viewport: SIZES.phone, hasTouch: true, isMobile: true })
  await page.addInitScript(() => {
    Object.assign(navigator, { share: async (data: ShareData) => Object.assign(window, { shared: data.url }) })
  })
  await page.goto(`${stage.url}/?post=${ids[1]}`)
  await page.getByRole('button', { name: 'Share' }).tap()
  assert.equal(
    await page.evaluate(() => (window as unknown as { shared: string }).shared),
    `${stage.url}/?post=${ids[1]}`,
  )
  const session = await page.context().newCDPSession(page)
  const swipe = async (from: number, to: number) => {
    const { y } = (await page.locator('.full-post').boundingBox())!
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x?: number) =>
      session.send('Input.dispatchTouchEvent', { type, touchPoints: x === undefined ? [] : [{ x, y: y + 30 }] })
    await touch('touchStart', from)
    for (let i = 1; i <= 5; i++) await touch('touchMove', from + ((to - from) * i) / 5)
    await touch('touchEnd')
  }
  await swipe(300, 80)
  await page.waitForURL((url) => url.searchParams.get('post') === ids[2])
  await page.locator('.over-time').waitFor()
  await swipe(80, 300)
  await page.waitForURL((url) => url.searchParams.get('post') === ids[1])
})

test('text size and density are applied before the first paint, and last', async (stage) => {
  const page = await stage.visit()
  const height = () =>
    page
      .locator('.post')
      .first()
      .evaluate((post) => post.getBoundingClientRect().height)
  const before = await height()
  await page.getByRole('button', { name: 'Larger' }).click()
  await eventually(async () => assert.ok((await height()) > before))
  await page.getByRole('button', { name: 'Compact' }).click()
  await page.getByRole('group', { name: 'Text' }).getByRole('button', { name: 'Normal' }).click()
  await eventually(async () => assert.ok((await height()) < before))
  await page.route('**/assets/page-*.js', () => {})
  await page.reload({ waitUntil: 'commit' })
  await eventually(async () => assert.equal(await page.locator('html').getAttribute('data-rows'), 'compact'))
})

test('the shortcuts of the installed app lead to views', async (stage) => {
  const page = await stage.visit()
  const { shortcuts } = await page.evaluate(async () => (await fetch('/manifest.webmanifest')).json())
  assert.ok(shortcuts.length >= 3)
  for (const { url } of shortcuts as { url: string }[]) {
    await page.goto(new URL(url, `${stage.url}/`).href)
    await ready(page)
    await page.waitForSelector('.chips, .side-panel[data-open=true]')
  }
})

run()

import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { idsWhere } from './sample-posts.ts'
import { eventually, expectIds, pageSuite, SIZES, stableScroll, topPost } from './stage.ts'

const { test, run } = pageSuite('where the reader is')

async function scrollPast(page: Page, posts: number): Promise<{ id: string; top: number }> {
  await page.waitForFunction(
    async (posts) => {
      scrollBy(0, 3000)
      await new Promise(requestAnimationFrame)
      return document.querySelectorAll('.post').length > posts
    },
    posts,
    { polling: 30 },
  )
  await stableScroll(page)
  return topPost(page)
}

/** Waits until this post is at the top again, to the pixel but for rounding. */
function expectPlace(page: Page, { id, top }: { id: string; top: number }): Promise<void> {
  return eventually(async () => {
    const now = await topPost(page)
    assert.equal(now.id, id)
    assert.ok(Math.abs(now.top - top) <= 1, `${now.top} instead of ${top}`)
  })
}

for (const size of ['phone', 'desktop'] as const) {
  test(`on a ${size}, Back from an author's posts returns to the post that was at the top`, async (stage) => {
    const page = await stage.visit('/', { viewport: SIZES[size] })
    const before = await scrollPast(page, 150)
    await page.evaluate(() => document.querySelector<HTMLElement>('.post .author a')!.click())
    await page.waitForURL(/handle=/)
    await eventually(async () => assert.equal(await stableScroll(page), 0))
    await page.goBack()
    await page.waitForURL((url) => url.search === '')
    await page.waitForSelector(`#post-${before.id}`)
    await expectPlace(page, before)
  })

  test(`on a ${size}, a reload keeps the loaded posts and the place`, async (stage) => {
    const page = await stage.visit('/', { viewport: SIZES[size] })
    const before = await scrollPast(page, 300)
    await page.reload()
    await page.waitForSelector(`#post-${before.id}`)
    await expectPlace(page, before)
    // A new visit starts at the top.
    await page.goto(stage.url)
    await expectIds(page, await idsWhere(stage.db))
    assert.equal(await stableScroll(page), 0)
  })
}

test('after a visit to another site, Back returns to the same post', async (stage) => {
  const page = await stage.visit('/?tier=teammate')
  const before = await scrollPast(page, 100)
  await page.goto('about:blank')
  await page.goBack()
  await page.waitForSelector(`#post-${before.id}`)
  await expectPlace(page, before)
})

test('on a phone, Back closes the filters, keeps what was chosen, and the next Back undoes it', async (stage) => {
  const page = await stage.blank({ viewport: SIZES.phone })
  await page.goto('about:blank')
  await page.goto(stage.url)
  await page.getByRole('button', { name: 'Filters and more' }).click()
  await page.getByRole('button', { name: 'Ecosystem' }).click()
  await page.getByRole('button', { name: 'Significant', exact: true }).click()
  await page.goBack()
  await eventually(async () => assert.equal(await page.locator('dialog').count(), 0))
  assert.equal(new URL(page.url()).search, '?tier=ecosystem&significant=1')
  await expectIds(page, await idsWhere(stage.db, "watch_tier = 'ecosystem' and is_significant"))
  await page.goBack()
  await page.waitForURL((url) => url.search === '')
  await expectIds(page, await idsWhere(stage.db))
  await page.goBack()
  await page.waitForURL('about:blank')
})

test('on a phone, closing the filters by their button leaves no extra step of Back', async (stage) => {
  const page = await stage.blank({ viewport: SIZES.phone })
  await page.goto('about:blank')
  await page.goto(stage.url)
  for (const close of ['Close', 'Escape']) {
    await page.getByRole('button', { name: 'Filters and more' }).click()
    await page.waitForSelector('dialog[open]')
    if (close === 'Close') await page.getByRole('button', { name: 'Close' }).click()
    else await page.keyboard.press('Escape')
    await eventually(async () => assert.equal(await page.locator('dialog').count(), 0))
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
    await eventually(async () => assert.equal(await focused(), 'Filters and more'))
  }
  await page.goBack()
  await page.waitForURL('about:blank')
})

test('on a phone, the overview that was opened from the filters closes to the chosen filters', async (stage) => {
  const page = await stage.visit('/', { viewport: SIZES.phone })
  await page.getByRole('button', { name: 'Filters and more' }).click()
  await page.getByRole('button', { name: 'Ecosystem' }).click()
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.waitForSelector('.side-panel .totals')
  await page.getByRole('button', { name: 'Close' }).click()
  await page.waitForURL((url) => url.search === '?tier=ecosystem')
  await eventually(async () => assert.equal(await page.locator('.side-panel').count(), 0))
})

run()

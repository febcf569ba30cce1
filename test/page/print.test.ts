import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { idsWhere } from './sample-posts.ts'
import { eventually, pageSuite, SIZES } from './stage.ts'

const { test, run } = pageSuite('on paper, and without JavaScript')

/** How dark a page is on average, from 0 to 255, as it would be printed. */
async function brightness(page: Page): Promise<number> {
  const picture = (await page.screenshot({ fullPage: true })).toString('base64')
  return page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0))
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
    const context = canvas.getContext('2d')!
    context.drawImage(bitmap, 0, 0)
    const { data: pixels } = context.getImageData(0, 0, bitmap.width, bitmap.height)
    let sum = 0
    for (let i = 0; i < pixels.length; i += 4) sum += pixels[i]! + pixels[i + 1]! + pixels[i + 2]!
    return sum / (pixels.length / 4) / 3
  }, picture)
}

for (const size of ['phone', 'desktop'] as const)
  test(`an open post prints as dark text on white, alone, from a ${size} with the dark theme`, async (stage) => {
    const [id] = await idsWhere(stage.db)
    const page = await stage.visit(`/?post=${id}`, { viewport: SIZES[size], colorScheme: 'dark' })
    await page.locator('.over-time table').waitFor()
    await page.emulateMedia({ media: 'print' })
    assert.ok((await brightness(page)) > 225)
    const seen = await page.evaluate(() =>
      ['.full-post .text', '.over-time table', 'main', '.rail, .bar'].map(
        (part) => document.querySelector(part)!.getBoundingClientRect().height > 0,
      ),
    )
    assert.deepEqual(seen, [true, true, false, false])
    const pdf = await page.pdf()
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-')
    const pages = pdf.toString('latin1').match(/\/Type \/Page\b/g)!.length
    assert.ok(pages <= 2, `${pages} pages`)
  })

test('the feed prints its posts and no controls', async (stage) => {
  const page = await stage.visit('/?tier=teammate', { colorScheme: 'dark' })
  await page.emulateMedia({ media: 'print' })
  assert.ok((await brightness(page)) > 225)
  assert.equal(await page.locator('button:visible, input:visible').count(), 0)
  // All of them, not only those that were on the screen.
  const heights = await page.$$eval('.group', (groups) => groups.map((group) => group.getBoundingClientRect().height))
  assert.ok(
    heights.every((height) => height > 200 && height !== 1760),
    heights.join(),
  )
})

test('without JavaScript the page says what it needs, and nothing else', async (stage) => {
  const page = await stage.blank({ javaScriptEnabled: false })
  await page.goto(stage.url)
  await eventually(async () => assert.equal(await page.locator('.notice').isVisible(), true))
  assert.equal(await page.locator('.notice').textContent(), 'XMonitor needs JavaScript.')
  assert.equal(await page.locator('.skeleton').first().isVisible(), false)
})

run()

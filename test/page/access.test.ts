import assert from 'node:assert/strict'
import { idsWhere } from './sample-posts.ts'
import { eventually, pageSuite, ready, SIZES } from './stage.ts'

const { test, run } = pageSuite('access')

test('at 200% zoom and at 320 pixels nothing scrolls sideways', async (stage) => {
  const [id] = await idsWhere(stage.db)
  for (const viewport of [
    { width: 720, height: 450 },
    { width: 320, height: 640 },
  ]) {
    const page = await stage.blank({ viewport })
    for (const [search, last] of [
      ['', '.post .metrics'],
      ['?tier=teammate,other,influencer&significant=1', '.chips'],
      [`?post=${id}`, '.over-time table'],
      ['?view=overview', '.bars .posts'],
    ] as const) {
      await page.goto(`${stage.url}/${search}`)
      await ready(page)
      await page.locator(last).first().waitFor({ state: 'attached' })
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      assert.equal(wide, 0, `${viewport.width}: /${search}`)
      assert.equal((await page.locator('.reader').boundingBox())!.y, 0, 'nothing is above it')
    }
  }
})

test('text of twice the size fits', async (stage) => {
  const page = await stage.visit('/', { viewport: SIZES.phone })
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '200%'
  })
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0)
})

test('the largest text on the smallest phone is neither cut off nor covered', async (stage) => {
  const search = '/?significant=1&reported=1'
  await stage.db.query('update posts set likes = 123456, views = 98765432 where is_significant')
  const page = await stage.visit(search, { viewport: { width: 320, height: 640 } })
  await page.getByRole('button', { name: /^Filters and more/ }).click()
  await page.getByRole('button', { name: 'Larger' }).click()
  await page.keyboard.press('Escape')
  const box = async (selector: string) => (await page.locator(selector).first().boundingBox())!

  const count = (await page.locator('.filtered-count').evaluate((line) => {
    const text = document.createRange()
    text.selectNodeContents(line)
    return text.getBoundingClientRect()
  }))!
  assert.ok(count.height > 30, 'the line is long enough to wrap')
  assert.ok(count.top > (await box('.bar')).height - 2 && count.bottom <= (await box('.chips li')).y)
  // 'Search' fits between its icon and its end.
  assert.ok((await box('.search input')).width > 120)
  for (const path of [search, `${search}&view=overview`, `${search}&view=saved`]) {
    await page.goto(stage.url + path)
    await ready(page)
    await page.locator('.metrics, .side-panel h3').last().waitFor({ state: 'attached' })
    const outside = await page.evaluate(() =>
      [...document.querySelectorAll('.reader *')]
        .filter((one) => !one.closest('svg, .visually-hidden') && one.getBoundingClientRect().right > innerWidth)
        .map((one) => one.outerHTML),
    )
    assert.deepEqual(outside, [], path)
  }
})

test("the theme is the system's until one is chosen, and the choice lasts", async (stage) => {
  const page = await stage.visit('/', { colorScheme: 'dark' })
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const dark = await paper()
  await page.getByRole('button', { name: 'Light', exact: true }).click()
  await eventually(async () => assert.notEqual(await paper(), dark))
  const light = await paper()
  await page.reload()
  assert.equal(await paper(), light)
  await page.getByRole('button', { name: 'Auto', exact: true }).click()
  await eventually(async () => assert.equal(await paper(), dark))
})

test('with reduced motion nothing is animated', async (stage) => {
  const page = await stage.visit('/', { reducedMotion: 'reduce' })
  const moving = await page.evaluate(
    () =>
      document.getAnimations().length +
      [...document.querySelectorAll('*')].filter((one) =>
        getComputedStyle(one)
          .transitionDuration.split(', ')
          .some((time) => Number.parseFloat(time) > 0.01),
      ).length,
  )
  assert.equal(moving, 0)
})

test('Tab reaches the search, the filters and the posts in this order', async (stage) => {
  const page = await stage.visit('/', { viewport: SIZES.phone })
  await page.keyboard.press('Tab')
  const trail: string[] = []
  for (let i = 0; i < 8; i++) {
    trail.push(
      await page.evaluate(
        () => document.activeElement!.getAttribute('aria-label') ?? document.activeElement!.textContent!.trim(),
      ),
    )
    await page.keyboard.press('Tab')
  }
  assert.match(
    trail.join(' | '),
    /^Skip to posts \| XMonitor \| Search posts \| Filters and more \| Lantern Lab @lantern_lab \| \d+ min ago \|/,
  )
})

test('fields and chart bars stand out from the page by 3 to 1', async (stage) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await stage.visit('/', { colorScheme })
    await page.waitForSelector('.bars .posts', { state: 'attached' })
    const colors = await page.evaluate(() => {
      const style = (selector: string) => getComputedStyle(document.querySelector(selector)!)
      return [
        getComputedStyle(document.documentElement).backgroundColor,
        ...['.search input', 'input[type=date]', 'input[name=handle]'].map((field) => style(field).borderTopColor),
        ...['.bars .posts', '.bars .significant'].map((bar) => style(bar).fill),
      ]
    })
    const [paper, ...others] = colors.map(luminance)
    for (const [i, other] of others.entries())
      assert.ok(contrast(paper!, other) >= 3, `${colorScheme}: ${colors[i + 1]} on ${colors[0]}`)
  }
})

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(color: string): number {
  const [r, g, b] = color.match(/\d+/g)!.map((part) => {
    const value = Number(part) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

function contrast(a: number, b: number): number {
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}

run()

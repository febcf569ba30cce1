import axe from 'axe-core'
import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { idsWhere } from './invented.ts'
import { pageSuite, SIZES, type Stage } from './stage.ts'

const { test, run } = pageSuite('access')

type Found = { id: string; nodes: { html: string; failureSummary: string }[] }

/** What axe finds wrong, by the rules of WCAG 2.2 A and AA and its best practices. */
async function findings(page: Page): Promise<string[]> {
  // evaluate is not subject to the page's policy; a script element would be.
  await page.evaluate(axe.source)
  const violations = await page.evaluate(async () => {
    const here = globalThis as unknown as { axe: { run: (options: object) => Promise<{ violations: unknown[] }> } }
    return (await here.axe.run({ resultTypes: ['violations'] })).violations
  })
  return (violations as Found[]).flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  )
}

const STATES: [name: string, show: (stage: Stage, page: Page) => Promise<void>][] = [
  ['the timeline', async () => {}],
  [
    'filters',
    async (stage, page) => {
      await page.goto(`${stage.url}/?tier=teammate,other&since=30d&significant=1&handle=lantern_lab`)
      await page.waitForSelector('.post')
      await page.waitForSelector('.tools, .bar')
    },
  ],
  [
    'an open post',
    async (stage, page) => {
      const [id] = await idsWhere(stage.db, 'status_id in (select status_id from reports)', 1)
      await page.goto(`${stage.url}/?post=${id}`)
      await page.locator('.over-time table').waitFor()
    },
  ],
  [
    'the overview',
    async (stage, page) => {
      await page.goto(`${stage.url}/?view=overview`)
      await page.waitForSelector('.bars .posts', { state: 'attached' })
    },
  ],
  [
    'nothing found',
    async (stage, page) => {
      await page.goto(`${stage.url}/?q=unicorn`)
      await page.waitForSelector('.notice')
    },
  ],
  [
    'a bad link',
    async (stage, page) => {
      await page.goto(`${stage.url}/?since=never`)
      await page.waitForSelector('.notice')
    },
  ],
  [
    'the keys',
    async (_, page) => {
      await page.keyboard.press('?')
      await page.waitForSelector('dialog .keys')
    },
  ],
]

for (const [size, colorScheme] of [
  ['phone', 'light'],
  ['phone', 'dark'],
  ['desktop', 'light'],
] as const)
  test(`axe finds nothing on a ${size}, ${colorScheme}`, async (stage) => {
    const page = await stage.visit('/', { viewport: SIZES[size], colorScheme })
    await page.waitForTimeout(300)
    for (const [name, show] of STATES) {
      await show(stage, page)
      assert.equal(await findings(page), [], name)
    }
    if (size === 'desktop') return
    await page.goto(stage.url)
    await page.getByRole('button', { name: 'Filters and more' }).click()
    await page.getByRole('dialog').getByText('How the search reads').click()
    await page.getByRole('button', { name: 'Subscribe' }).click()
    assert.equal(await findings(page), [], 'the sheet of filters')
  })

test('skeletons and a server that is away pass too', async (stage) => {
  const page = await stage.blank()
  await page.route('**/rpc/feed?*', () => {})
  await page.goto(stage.url)
  await page.waitForSelector('.skeleton')
  assert.equal(await findings(page), [], 'skeletons')
  const other = await stage.blank()
  await other.route('**/api/**', (route) => route.abort())
  await other.goto(stage.url)
  await other.getByRole('alert').first().waitFor()
  assert.equal(await findings(other), [], 'away')
})

test('at 200% zoom, and as narrow as 320 pixels, nothing needs to be scrolled sideways', async (stage) => {
  const [id] = await idsWhere(stage.db)
  for (const viewport of [
    { width: 720, height: 450 },
    { width: 320, height: 640 },
  ])
    for (const search of ['', '?tier=teammate,other,influencer&significant=1', `?post=${id}`, '?view=overview']) {
      const page = await stage.visit(`/${search}`, { viewport })
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      assert.is(wide, 0, `${viewport.width}: /${search}`)
    }
})

test('text twice as large stays whole', async (stage) => {
  const page = await stage.visit('/', { viewport: SIZES.phone })
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '200%'
  })
  assert.is(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0)
})

test("the theme is the system's until one is chosen, and the choice holds", async (stage) => {
  const page = await stage.visit('/', { colorScheme: 'dark' })
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const dark = await paper()
  await page.getByRole('button', { name: 'Light', exact: true }).click()
  const light = await paper()
  assert.is.not(light, dark)
  await page.reload()
  assert.is(await paper(), light)
  await page.getByRole('button', { name: 'Auto', exact: true }).click()
  assert.is(await paper(), dark)
})

test('with reduced motion nothing moves by itself', async (stage) => {
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
  assert.is(moving, 0)
})

test('a reader of the keyboard alone gets from the page to a post and back', async (stage) => {
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
  assert.match(trail.join(' | '), /^XMonitor \| Search posts \| Filters and more \| @lantern_lab \| \d+ min ago \|/)
})

run()

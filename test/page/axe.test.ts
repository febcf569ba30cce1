import assert from 'node:assert/strict'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { idsWhere } from './sample-posts.ts'
import { pageSuite, ready, SIZES, type Stage } from './stage.ts'

const { test, run } = pageSuite('axe')

type Found = { id: string; nodes: { html: string; failureSummary: string }[] }

/** axe's findings, by the rules of WCAG 2.2 A and AA and its best practices. */
async function findings(page: Page): Promise<string[]> {
  // evaluate is exempt from the page's Content-Security-Policy; a script element is not.
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
      await ready(page)
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
      await page.locator('.top-posts .post-links').waitFor()
    },
  ],
  [
    'an author',
    async (stage, page) => {
      await page.goto(`${stage.url}/?handle=lantern_lab`)
      await page.locator('.author-card').waitFor()
    },
  ],
  [
    'no results',
    async (stage, page) => {
      await page.goto(`${stage.url}/?q=unicorn`)
      await ready(page)
    },
  ],
  [
    'an invalid link',
    async (stage, page) => {
      await page.goto(`${stage.url}/?since=never`)
      await ready(page)
    },
  ],
  [
    'the shortcuts',
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
    for (const [name, show] of STATES) {
      await show(stage, page)
      // The side panel, where there is room for it.
      if (size === 'desktop') await page.locator('.side-panel h3').first().waitFor()
      if (size === 'desktop' && name !== 'an open post')
        await page.waitForSelector('.bars .posts', { state: 'attached' })
      assert.deepEqual(await findings(page), [], name)
    }
    if (size === 'desktop') return
    await page.goto(stage.url)
    await page.getByRole('button', { name: 'Filters and more' }).click()
    await page.getByRole('dialog').getByText('Search tips').click()
    await page.getByRole('button', { name: 'Subscribe' }).click()
    await page.getByLabel('Atom feed URL for these filters').waitFor()
    assert.deepEqual(await findings(page), [], 'the filter sheet')
  })

test('skeletons and an unreachable server pass too', async (stage) => {
  const page = await stage.blank()
  await page.route('**/rpc/feed?*', () => {})
  await page.goto(stage.url)
  await page.waitForSelector('.skeleton')
  assert.deepEqual(await findings(page), [], 'skeletons')
  const other = await stage.blank()
  await other.route('**/api/**', (route) => route.abort())
  await other.goto(stage.url)
  for (const part of ['main', '.side-panel']) await other.locator(part).getByRole('alert').waitFor()
  assert.deepEqual(await findings(other), [], 'unreachable')
})

run()

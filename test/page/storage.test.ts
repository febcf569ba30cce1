import assert from 'node:assert/strict'
import { idsWhere } from './sample-posts.ts'
import { eventually, expectIds, pageSuite, ready } from './stage.ts'

const { test, run } = pageSuite('what the browser stores')

test('with storage blocked everything works, and lasts until the page is left', async (stage) => {
  const page = await stage.blank()
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('Access is denied for this document.', 'SecurityError')
        },
      })
  })
  await page.goto(`${stage.url}/?tier=teammate`)
  await expectIds(page, await idsWhere(stage.db, "watch_tier = 'teammate'"))
  await page.getByRole('button', { name: 'Save this view' }).click()
  await page.getByLabel('Name of this view').fill('Team')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Team', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Dark' }).click()
  await eventually(async () => assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark'))
  await page.reload()
  await expectIds(page, await idsWhere(stage.db, "watch_tier = 'teammate'"))
})

test('two tabs keep each other’s saved views', async (stage) => {
  const one = await stage.visit('/?tier=teammate')
  const two = await one.context().newPage()
  await two.goto(`${stage.url}/?significant=1`)
  await ready(two)
  for (const [page, name] of [
    [one, 'Team'],
    [two, 'Signal'],
  ] as const) {
    await page.getByRole('button', { name: 'Save this view' }).click()
    await page.getByLabel('Name of this view').fill(name)
    await page.keyboard.press('Enter')
  }
  for (const page of [one, two])
    await eventually(async () =>
      assert.deepEqual(await page.locator('.tabs a').allTextContents(), ['All', 'Team', 'Signal']),
    )
  await two.getByRole('button', { name: 'Delete Signal' }).click()
  await eventually(async () => assert.deepEqual(await one.locator('.tabs a').allTextContents(), ['All', 'Team']))
})

test('the theme follows another tab, and so does the bar of the browser', async (stage) => {
  const one = await stage.visit('/', { colorScheme: 'light' })
  const two = await one.context().newPage()
  await two.goto(stage.url)
  await ready(two)
  const bar = () =>
    two.evaluate(() => {
      const metas = [...document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')]
      return metas.filter((meta) => matchMedia(meta.media).matches).map((meta) => meta.content)
    })
  const paper = () => two.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  assert.deepEqual([await bar(), await paper()], [['#fcfbf9'], 'rgb(252, 251, 249)'])
  await one.getByRole('button', { name: 'Dark' }).click()
  await eventually(async () => assert.deepEqual([await bar(), await paper()], [['#151514'], 'rgb(21, 21, 20)']))
  // Before the rest of the page is loaded.
  await two.route('**/assets/page-*', () => {})
  await two.reload({ waitUntil: 'commit' })
  await eventually(async () => assert.deepEqual(await bar(), ['#151514']))
})

test('what storage holds never becomes a link to another place', async (stage) => {
  const page = await stage.blank()
  await page.goto(`${stage.url}/licenses.txt`)
  await page.evaluate(() =>
    localStorage.setItem(
      'xmonitor.views',
      JSON.stringify([
        { name: 'a', key: 'javascript:alert(1)' },
        { name: 'b', key: '//example.org' },
        { name: 'c', key: '?q=fog' },
      ]),
    ),
  )
  await page.goto(stage.url)
  await page.getByRole('link', { name: 'c', exact: true }).waitFor()
  assert.deepEqual(await page.locator('.tabs a').allTextContents(), ['All', 'c'])
})

test('names that every object has are no presets of time', async (stage) => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    const page = await stage.visit(`/?since=${name}`)
    await page.locator('main').getByText(`This link isn’t valid: since cannot be '${name}'`).waitFor()
  }
})

run()

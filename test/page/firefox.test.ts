import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'
import { suite } from 'uvu'
import { build } from 'vite'
import { type LocalServer, startServer } from '../../tooling/lib/local/server.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { idsWhere, insertPosts } from './sample-posts.ts'
import { eventually } from './stage.ts'

// The main paths once more in another engine, over WebDriver BiDi.

const PLACES = [
  process.env.FIREFOX_BIN,
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
]
const firefox = PLACES.find((place) => place && existsSync(place))

type Context = { folder: string; db: Database; server: LocalServer; browser: Browser; complaints: string[] }

const tests = suite<Context>('Firefox')
const test = firefox ? tests : tests.skip
if (!firefox) console.log('skipped: no Firefox here (Debian: apt-get install firefox-esr; else set FIREFOX_BIN)')
else {
  tests.before(async (context) => {
    context.folder = mkdtempSync(join(tmpdir(), 'xmonitor-firefox-'))
    const outDir = join(context.folder, 'page')
    const [db, browser] = await Promise.all([
      freshDatabase(),
      // Firefox refuses a home that belongs to someone else.
      puppeteer.launch({
        browser: 'firefox',
        executablePath: firefox,
        headless: true,
        env: { ...process.env, HOME: context.folder },
      }),
      build({ logLevel: 'error', build: { outDir, emptyOutDir: true } }),
    ])
    await insertPosts(db)
    const server = await startServer({ databaseUrl: db.url, page: outDir })
    Object.assign(context, { db, browser, server, complaints: [] })
  })
  tests.after(async ({ browser, server, db, folder }) => {
    await browser?.close()
    await server?.stop()
    await db?.drop()
    rmSync(folder, { recursive: true, force: true })
  })
  tests.after.each(({ complaints }) => assert.deepEqual(complaints.splice(0), []))
}

/** Opens the page as a new reader, and waits for the parts that load after the first posts. */
async function visit({ browser, server, complaints }: Context, path = '/', width = 1440): Promise<Page> {
  const page = await (await browser.createBrowserContext()).newPage()
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (/Content.Security.Policy|CSP/.test(message.text())) complaints.push(message.text())
  })
  await page.setViewport({ width, height: 900 })
  await page.goto(server.url + path)
  await page.waitForSelector('.post, .notice')
  await page.waitForSelector('.newer')
  return page
}

const expectIds = (page: Page, ids: string[]) =>
  eventually(async () => {
    const shown = await page.$$eval('.post[data-id]', (posts) => posts.map((post) => (post as HTMLElement).dataset.id))
    assert.deepEqual(shown, ids)
  })

const expectSearch = (page: Page, search: string) =>
  eventually(async () => assert.equal(await page.evaluate(() => location.search), search))

test('the newest posts are shown, and more while scrolling', async (context) => {
  const page = await visit(context)
  await expectIds(page, await idsWhere(context.db))
  await page.waitForFunction(
    () => {
      scrollBy(0, 3000)
      return document.querySelectorAll('.post').length > 100
    },
    { polling: 50 },
  )
  await page.reload()
  await page.waitForFunction(() => document.querySelectorAll('.post').length > 100 && scrollY > 1000)
})

test('filters, search and a typed date lead to the posts they name, and Back undoes them', async (context) => {
  const page = await visit(context)
  await page.locator('button ::-p-text(Teammate)').click()
  await expectSearch(page, '?tier=teammate')
  await expectIds(page, await idsWhere(context.db, "watch_tier = 'teammate'"))
  await page.type('input[type=search]', 'fog -gloves')
  await expectSearch(page, '?tier=teammate&q=fog+-gloves')
  const fog = "watch_tier = 'teammate' and body_text ilike '%fog%' and body_text not ilike '%gloves%'"
  await expectIds(page, await idsWhere(context.db, fog))
  await page.evaluate(() => (document.activeElement as HTMLElement).blur())
  await page.goBack()
  await expectSearch(page, '?tier=teammate')
  await page.goBack()
  await expectIds(page, await idsWhere(context.db))
  // Firefox types into the parts of a date one after the other, in the order of its language.
  await page.focus('.days input')
  await page.keyboard.type('01022024')
  await eventually(async () => assert.match(await page.evaluate(() => location.search), /^\?since=2024-0(1-02|2-01)$/))
})

test('a post opens with its chart by keyboard, and closes to where the reader was', async (context) => {
  const ids = await idsWhere(context.db)
  const page = await visit(context)
  for (const key of ['j', 'j', 'Enter'] as const) await page.keyboard.press(key)
  await expectSearch(page, `?post=${ids[1]}`)
  const chart = await page.waitForSelector('.over-time [role=slider]')
  await chart!.focus()
  await page.keyboard.press('Home')
  const text = await page.$eval('.over-time .caption', (caption) => caption.textContent)
  assert.match(text!, /^First seen, .*: [\d,]+ likes$/)
  await page.keyboard.press('Escape')
  await expectSearch(page, '')
  await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement!.id), `post-${ids[1]}`))
})

test('what is kept lasts: a saved post, a view, the theme', async (context) => {
  const [id] = await idsWhere(context.db, "watch_tier = 'other' or watch_tier is null")
  const page = await visit(context, '/?tier=other')
  for (const key of ['j', 's'] as const) await page.keyboard.press(key)
  await page.locator('button ::-p-text(Save this view)').click()
  await page.waitForSelector('input[name=name]')
  await page.keyboard.type('Others')
  await page.keyboard.press('Enter')
  await page.locator('button ::-p-text(Dark)').click()
  await page.reload()
  await page.waitForSelector('.newer')
  assert.equal(await page.$eval(`#post-${id} .keep`, (button) => button.getAttribute('aria-pressed')), 'true')
  assert.deepEqual(await page.$$eval('.tabs a', (all) => all.map((link) => link.textContent)), ['All', 'Others'])
  assert.equal(await page.$eval('html', (html) => getComputedStyle(html).colorScheme), 'dark')
})

test('on a phone the filters open over the feed, and nothing scrolls sideways', async (context) => {
  const page = await visit(context, '/', 390)
  await page.locator('button[aria-haspopup=dialog]').click()
  await page.locator('dialog button ::-p-text(Significant)').click()
  await expectSearch(page, '?significant=1')
  await page.keyboard.press('Escape')
  await eventually(async () => assert.equal((await page.$$('dialog')).length, 0))
  await expectIds(page, await idsWhere(context.db, 'is_significant'))
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
})

tests.run()

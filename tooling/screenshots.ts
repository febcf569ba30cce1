import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { command } from './lib/cli.ts'
import { launchBrowser } from './lib/local/browser.ts'
import { startLocal } from './lib/local/start-local.ts'
import { print, step } from './lib/output.ts'
import { freePort } from './lib/processes.ts'

type Picture = {
  name: string
  size: { width: number; height: number }
  theme: 'light' | 'dark'
  path: string
  /** What is done before the picture is taken. */
  show?: (page: Page) => Promise<void>
}

const PHONE = { width: 390, height: 844 }
const TABLET = { width: 820, height: 1000 }
const DESKTOP = { width: 1440, height: 900 }

const PICTURES: Picture[] = [
  { name: 'feed-desktop', size: DESKTOP, theme: 'light', path: '/' },
  { name: 'post-desktop-dark', size: DESKTOP, theme: 'dark', path: '/?significant=1', show: openReportedPost },
  { name: 'feed-tablet', size: TABLET, theme: 'light', path: '/?tier=teammate,influencer&since=7d' },
  { name: 'feed-phone', size: PHONE, theme: 'light', path: '/' },
  { name: 'post-phone-dark', size: PHONE, theme: 'dark', path: '/?significant=1', show: openReportedPost },
  { name: 'overview-phone', size: PHONE, theme: 'light', path: '/?view=overview' },
]

await command({
  name: 'screenshots',
  about: 'Takes the pictures of the page in docs/img, with the invented posts of the demo.',
  options: {
    out: { about: 'where the pictures go', value: 'FOLDER', default: resolve(import.meta.dirname, '../docs/img') },
  },
  async run({ out }) {
    const data = mkdtempSync(join(tmpdir(), 'xmonitor-screenshots-'))
    // As root, the user of Postgres must pass through it, or the data would be kept elsewhere.
    chmodSync(data, 0o711)
    const stops: (() => unknown)[] = [() => rmSync(data, { recursive: true, force: true })]
    try {
      const started = (stop: () => Promise<void>) => stops.push(stop)
      const { url } = await startLocal({ source: undefined, data, port: await freePort(), verbose: false, started })
      const browser = await launchBrowser()
      stops.push(() => browser.close())
      mkdirSync(out, { recursive: true })
      for (const picture of PICTURES)
        await step(['Taking', 'Taken'], `${picture.name}.png`, () => take(browser, url, picture, out))
      return { out, pictures: PICTURES.map(({ name }) => `${name}.png`) }
    } finally {
      for (const stop of stops.reverse()) await stop()
    }
  },
  show({ out, pictures }) {
    print(`${pictures.length} pictures in ${out}`)
  },
})

async function take(browser: Browser, url: string, { name, size, theme, path, show }: Picture, out: string) {
  const context = await browser.newContext({
    viewport: size,
    colorScheme: theme,
    deviceScaleFactor: size === PHONE ? 2 : 1,
    locale: 'en-GB',
    serviceWorkers: 'block',
  })
  const page = await context.newPage()
  await page.goto(url + path)
  await page.waitForSelector('.post')
  await show?.(page)
  // What comes after the first posts.
  await page.mouse.move(0, 0)
  await page.waitForLoadState('networkidle')
  await page.waitForTimeout(300)
  await page.screenshot({ path: join(out, `${name}.png`), animations: 'disabled' })
  await context.close()
}

/** One that was reported, and is old enough for all its metrics. */
async function openReportedPost(page: Page): Promise<void> {
  const old = page.locator('.when', { hasText: /^\d\d:\d\d$/ })
  await page.locator('.post', { hasText: 'Reported' }).filter({ has: old }).first().locator('.when').click()
  await page.waitForSelector('.over-time')
}

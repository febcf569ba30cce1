import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { median } from './figures.ts'

/** What one cold load of a page took, up to its first post (or heading) and the calm after it. */
export type Load = {
  requests: number
  /** On the wire, headers included. */
  bytes: number
  /** Each script's size in gzip. */
  scripts: number[]
  firstPaint: number
  largestPaint: number
  shift: number
}

/** The first post; of the empty page, its heading. */
const FIRST = '.post, #app > h1'
const CALM = 1500

/** A cold load by a new reader; what was asked for before the first post stood counts, paints and shifts also after it. */
export async function measureLoad(
  browser: Browser,
  url: string,
  { width, slowdown = 1 }: { width: number; slowdown?: number },
): Promise<Load> {
  const page = await visitor(browser, width)
  const session = await page.context().newCDPSession(page)
  if (slowdown > 1) await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
  const bodies = new Map<string, Promise<Buffer>>()
  page.on('response', (response) => void bodies.set(response.url(), response.body()))

  await page.goto(url)
  await page.waitForSelector(FIRST)
  await page.waitForTimeout(CALM)
  const { firstAt, ...marks } = await readMarks(page)
  const entries = await page.evaluate(() =>
    [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map((entry) => {
      const { name, startTime, transferSize } = entry as PerformanceResourceTiming
      return { name, startTime, transferSize }
    }),
  )
  const before = entries.filter((entry) => entry.startTime < firstAt)
  const scripts = before
    .filter((entry) => entry.name.endsWith('.js'))
    .map(async ({ name }) => gzipSync(await bodies.get(name)!).length)
  const load = {
    requests: before.length,
    bytes: before.reduce((sum, entry) => sum + entry.transferSize, 0),
    scripts: await Promise.all(scripts),
    ...marks,
  }
  await page.context().close()
  return load
}

/** The layout shifts of a reader who scrolls through the first 200 posts. */
export async function shiftsWhileReading(browser: Browser, url: string): Promise<number> {
  const page = await visitor(browser, 390)
  await page.goto(url)
  await page.waitForSelector('.post')
  await page.mouse.move(200, 400)
  while ((await page.locator('.post').count()) < 200) {
    await page.mouse.wheel(0, 500)
    await page.waitForTimeout(50)
  }
  const { shift } = await readMarks(page)
  await page.context().close()
  return shift
}

/** From the click on a post to its text, and to its details: the median of ten, in milliseconds. */
export async function openPost(browser: Browser, url: string): Promise<{ text: number; details: number }> {
  const page = await visitor(browser, 1440)
  await page.goto(url)
  await page.waitForSelector('.side-panel .totals')
  const times: { text: number; details: number }[] = []
  for (let i = 0; i < 10; i++) {
    times.push(
      await page.evaluate(async (i) => {
        const until = async (there: () => unknown) => {
          while (!there()) await new Promise(requestAnimationFrame)
          return performance.now() - start
        }
        const start = performance.now()
        document.querySelectorAll<HTMLElement>('.post .when')[i]!.click()
        const text = await until(() => document.querySelector('.side-panel .full-post'))
        const details = await until(() => document.querySelector('.side-panel .over-time'))
        return { text, details }
      }, i),
    )
    await page.goBack()
    await page.waitForSelector('.side-panel .totals')
  }
  await page.context().close()
  return { text: median(times.map((time) => time.text)), details: median(times.map((time) => time.details)) }
}

/** The times between frames while a reader scrolls up and down with the wheel, around the middle of what is loaded. */
export async function framesWhileScrolling(
  browser: Browser,
  url: string,
  prepare: (page: Page) => Promise<void>,
): Promise<{ median: number; p95: number }> {
  const page = await visitor(browser, 1440)
  page.setDefaultTimeout(120_000)
  await page.goto(url)
  await page.waitForSelector(FIRST)
  await prepare(page)
  await page.waitForTimeout(CALM)
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2))
  await page.mouse.move(700, 400)
  await page.waitForTimeout(500)
  await page.evaluate(() => {
    const frames: number[] = []
    let last = performance.now()
    const next = () => {
      const now = performance.now()
      frames.push(now - last)
      last = now
      requestAnimationFrame(next)
    }
    requestAnimationFrame(next)
    Object.assign(window, { frames })
  })
  for (const step of [400, -400])
    for (let i = 0; i < 60; i++) {
      await page.mouse.wheel(0, step)
      await page.waitForTimeout(16)
    }
  const frames = await page.evaluate(() => (window as unknown as { frames: number[] }).frames.slice(2))
  await page.context().close()
  return { median: median(frames), p95: frames.sort((a, b) => a - b)[Math.floor(frames.length * 0.95)]! }
}

/** A reader who was never here; the service worker would fetch everything once more behind the first load. */
async function visitor(browser: Browser, width: number): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 844 : 900 },
    serviceWorkers: 'block',
  })
  const page = await context.newPage()
  // tsx names the functions it compiles by a helper that is not there in the page.
  await page.addInitScript({ content: 'globalThis.__name = (named) => named' })
  await page.addInitScript((first) => {
    const marks = { firstAt: 0, firstPaint: 0, largestPaint: 0, shift: 0 }
    Object.assign(window, { marks })
    new MutationObserver((_, observer) => {
      if (!document.querySelector(first)) return
      marks.firstAt = performance.now()
      observer.disconnect()
    }).observe(document, { childList: true, subtree: true })
    const observe = (
      type: string,
      take: (entry: PerformanceEntry & { value: number; hadRecentInput: boolean }) => void,
    ) =>
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => void take(entry as never))).observe({
        type,
        buffered: true,
      })
    observe('paint', (entry) => {
      if (entry.name === 'first-contentful-paint') marks.firstPaint = entry.startTime
    })
    observe('largest-contentful-paint', (entry) => {
      marks.largestPaint = entry.startTime
    })
    observe('layout-shift', (entry) => {
      if (!entry.hadRecentInput) marks.shift += entry.value
    })
  }, FIRST)
  return page
}

type Marks = { firstAt: number; firstPaint: number; largestPaint: number; shift: number }

function readMarks(page: Page): Promise<Marks> {
  return page.evaluate(() => (window as unknown as { marks: Marks }).marks)
}

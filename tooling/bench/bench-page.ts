import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { launchBrowser } from '../lib/local/browser.ts'
import { startServer } from '../lib/local/server.ts'
import { startLocal } from '../lib/local/start-local.ts'
import { freePort } from '../lib/processes.ts'
import { PROJECT } from '../lib/project.ts'
import { generate } from '../lib/samples/generate.ts'
import { median, type Row } from './figures.ts'
import { framesWhileScrolling, type Load, measureLoad, openPost, shiftsWhileReading } from './page-measures.ts'

const POSTS = 5000
const ROUNDS = 5
const FIRST_SCREEN_LIMIT = 20_000
const ALL_LIMIT = 34_000
/** The page against an empty Vite + Preact page: bytes, paints, shifts, and scrolling with 5,000 posts loaded. */
export async function benchPage(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'xmonitor-bench-page-'))
  const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
  try {
    const source = join(folder, 'source.db')
    generate({ file: source, posts: POSTS })
    const local = await startLocal({
      source,
      data: join(folder, 'data'),
      port: await freePort(),
      verbose: false,
      started: (stop) => stops.push(stop),
    })
    const empty = await startServer({ databaseUrl: process.env.DATABASE_URL!, page: await buildEmptyPage(folder) })
    stops.push(empty.stop)
    const browser = await launchBrowser()
    stops.push(() => browser.close())

    return [
      ...(await sizes(browser, local.url)),
      ...(await loads(browser, local.url, empty.url)),
      ...(await reading(browser, local.url)),
      ...(await scrolling(browser, local.url, empty.url)),
    ]
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

async function sizes(browser: Browser, url: string): Promise<Row[]> {
  const rows: Row[] = []
  for (const [name, width] of [
    ['phone', 390],
    ['desktop', 1440],
  ] as const) {
    const { scripts } = await measureLoad(browser, url, { width })
    const bytes = scripts.reduce((sum, script) => sum + script, 0)
    rows.push(
      limited(`JavaScript until the first posts are shown, ${name} (gzip, limit 20 KB)`, bytes, FIRST_SCREEN_LIMIT),
    )
  }
  const assets = join(PROJECT, 'web/dist/assets')
  const files = readdirSync(assets).map((name) => join(assets, name))
  const total = (end: string) =>
    files.filter((file) => file.endsWith(end)).reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0)
  return [
    ...rows,
    limited('JavaScript in all (gzip, limit 34 KB)', total('.js'), ALL_LIMIT),
    { what: 'CSS (gzip)', value: kilobytes(total('.css')) },
  ]
}

async function loads(browser: Browser, url: string, emptyUrl: string): Promise<Row[]> {
  const page: Load[] = []
  const empty: Load[] = []
  // In turn, so that a slow moment of the machine hits both.
  for (let round = 0; round < ROUNDS; round++) {
    page.push(await measureLoad(browser, url, { width: 390, slowdown: 4 }))
    empty.push(await measureLoad(browser, emptyUrl, { width: 390, slowdown: 4 }))
  }
  const of = (loads: Load[], name: 'firstPaint' | 'largestPaint' | 'bytes' | 'requests' | 'shift') =>
    median(loads.map((load) => load[name]))
  const compared = (what: string, name: 'firstPaint' | 'largestPaint'): Row => ({
    what: `${what}, 4x CPU slowdown (an empty Vite + Preact page: ${Math.round(of(empty, name))} ms)`,
    value: `${Math.round(of(page, name))} ms`,
    ratio: of(page, name) / of(empty, name),
  })
  return [
    {
      what: `to the first post (the empty page: ${of(empty, 'requests')} requests, ${kilobytes(of(empty, 'bytes'))})`,
      value: `${of(page, 'requests')} requests, ${kilobytes(of(page, 'bytes'))}`,
      ratio: of(page, 'bytes') / of(empty, 'bytes'),
    },
    compared('first contentful paint', 'firstPaint'),
    compared('largest contentful paint', 'largestPaint'),
    shift('layout shift while it loads', Math.max(...page.map((load) => load.shift))),
  ]
}

async function reading(browser: Browser, url: string): Promise<Row[]> {
  const opened = await openPost(browser, url)
  return [
    shift('layout shift while 200 posts are scrolled through', await shiftsWhileReading(browser, url)),
    { what: 'opening a post: its text is shown', value: `${Math.round(opened.text)} ms` },
    { what: 'opening a post: metrics and report are shown', value: `${Math.round(opened.details)} ms` },
  ]
}

async function scrolling(browser: Browser, url: string, emptyUrl: string): Promise<Row[]> {
  const full = await framesWhileScrolling(browser, url, loadAll)
  const few = await framesWhileScrolling(browser, url, async () => {})
  const empty = await framesWhileScrolling(browser, emptyUrl, async (page) => {
    await page.evaluate(() => {
      document.body.style.height = '900000px'
    })
  })
  const inWords = (frames: { median: number; p95: number }) =>
    `${frames.median.toFixed(1)} ms a frame, 95% within ${frames.p95.toFixed(1)} ms`
  return [
    { what: 'scrolling an empty page', value: inWords(empty) },
    { what: 'scrolling with 50 posts loaded', value: inWords(few), ratio: few.median / empty.median },
    {
      what: `scrolling with ${POSTS.toLocaleString('en-US')} posts loaded`,
      value: inWords(full),
      ratio: full.median / empty.median,
    },
  ]
}

async function loadAll(page: Page): Promise<void> {
  const shown = () => page.locator('.post').count()
  while ((await shown()) < POSTS) {
    if (await page.locator('.end').count()) throw new Error(`The timeline ended after ${await shown()} posts.`)
    await page.evaluate(() => document.querySelector<HTMLElement>('.more')?.click())
    await page.waitForTimeout(20)
  }
}

/** What Vite and Preact cost by themselves. */
async function buildEmptyPage(folder: string): Promise<string> {
  // Inside the project, where Preact is found.
  const root = mkdtempSync(join(PROJECT, 'node_modules/.empty-page-'))
  try {
    mkdirSync(join(root, 'src'))
    writeFileSync(
      join(root, 'index.html'),
      '<!doctype html><html lang="en"><title>Empty</title><body><div id="app"></div><script type="module" src="/src/main.js"></script></body></html>',
    )
    writeFileSync(
      join(root, 'src/main.js'),
      "import { h, render } from 'preact'\nrender(h('h1', null, 'Nothing here'), document.getElementById('app'))\n",
    )
    const outDir = join(folder, 'empty')
    await build({ root, configFile: false, logLevel: 'error', build: { outDir, emptyOutDir: true } })
    return outDir
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

function limited(what: string, bytes: number, limit: number): Row {
  return { what, value: kilobytes(bytes), ratio: bytes / limit, reach: '<= 1' }
}

function shift(what: string, amount: number): Row {
  return { what, value: amount.toFixed(4), ratio: amount, reach: '<= 0' }
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`
}

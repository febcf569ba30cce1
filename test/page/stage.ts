import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { SignJWT } from 'jose'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { suite, type Test } from 'uvu'
import { build } from 'vite'
import { browserProgram, launchBrowser } from '../../tooling/lib/local/browser.ts'
import { type LocalServer, startServer } from '../../tooling/lib/local/server.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { insertPosts } from './sample-posts.ts'

/** A test, which gets the stage. */
type Play = (stage: Stage) => Promise<void>

export const JWT_SECRET = 'only-for-these-tests-0123456789abcdef'
export const SIZES = {
  phone: { width: 390, height: 844 },
  tablet: { width: 820, height: 1180 },
  desktop: { width: 1440, height: 900 },
}

/** The built page in a real browser, on the local server and a database of its own with 427 invented posts. */
export class Stage {
  /** What must never happen: violations of the Content-Security-Policy, uncaught errors. */
  readonly complaints: string[] = []
  readonly #opened = new Set<Page>()
  #up: (() => Promise<void>) | undefined

  private constructor(
    readonly db: Database,
    readonly browser: Browser,
    public server: LocalServer,
    readonly folder: string,
  ) {}

  static async open(): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), 'xmonitor-page-'))
    const [db, browser] = await Promise.all([
      freshDatabase(),
      launchBrowser(),
      build({ logLevel: 'error', build: { outDir: folder, emptyOutDir: true } }),
    ])
    await insertPosts(db)
    // Below the ephemeral ports: nobody takes it while the server is stopped.
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const server = await startServer({ databaseUrl: db.url, jwtSecret: JWT_SECRET, page: folder, port })
    return new Stage(db, browser, server, folder)
  }

  get url(): string {
    return this.server.url
  }

  /** Opens the page in a browser context of its own, and waits until it is ready. */
  async visit(path = '/', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.blank(options)
    await page.goto(this.url + path)
    await ready(page)
    return page
  }

  /** An empty page in a context of its own. */
  async blank(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: SIZES.desktop,
      serviceWorkers: 'block',
      timezoneId: 'Europe/Berlin',
      locale: 'en-GB',
      ...options,
    })
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    page.on('pageerror', (error) => this.complaints.push(`${error.stack}`))
    page.on('console', (message) => {
      if (/Content Security Policy|VIOLATION/.test(message.text())) this.complaints.push(message.text())
    })
    // tsx names the functions it compiles with a helper that the page does not have.
    await page.addInitScript({ content: 'globalThis.__name = (named) => named' })
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) =>
        console.error(`VIOLATION ${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
      )
    })
    this.#opened.add(page)
    return page
  }

  /** Calls the API as the collector does. */
  async ingest(call: string, body: object): Promise<{ inserted: number; errors: unknown[] }> {
    const token = await new SignJWT({ role: 'ingest' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('5 minutes')
      .sign(new TextEncoder().encode(JWT_SECRET))
    const response = await fetch(`${this.url}/api/rpc/${call}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
    assert.equal(response.status, 200, await response.clone().text())
    return (await response.json()) as { inserted: number; errors: unknown[] }
  }

  /** Stops the server; the function it returns starts it again. */
  async down(): Promise<() => Promise<void>> {
    const { port } = this.server
    await this.server.stop()
    this.#up = async () => {
      this.#up = undefined
      this.server = await startServer({ databaseUrl: this.db.url, jwtSecret: JWT_SECRET, page: this.folder, port })
      assert.equal(this.server.port, port, 'the port was taken meanwhile')
    }
    return this.#up
  }

  /** Closes what a test opened, and checks that nothing was complained about. */
  async clear(): Promise<void> {
    for (const page of this.#opened) await page.context().close()
    this.#opened.clear()
    await this.#up?.()
    assert.deepEqual(this.complaints.splice(0), [])
  }

  async close(): Promise<void> {
    await this.browser.close()
    await this.server.stop()
    await this.db.drop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A suite on one stage. Without a browser its tests are skipped, except in CI, where there must be one. */
export function pageSuite(name: string): { test: (name: string, play: Play) => void; run: () => void } {
  const tests: Test = suite(name)
  let stage: Stage | undefined
  const skips = !browserProgram && process.env.CI !== 'true'
  if (skips) console.log('skipped: no Chromium here (Debian: apt-get install chromium; else set CHROMIUM_BIN)')
  if (!skips) {
    tests.before(async () => {
      assert.ok(browserProgram, 'CI is true, but there is no Chromium here')
      stage = await Stage.open()
    })
    tests.after(() => stage?.close())
  }
  return {
    test(title, play) {
      const add = skips ? tests.skip : tests
      add(title, async () => {
        try {
          await play(stage!)
        } finally {
          await stage!.clear()
        }
      })
    },
    run: () => tests.run(),
  }
}

/** Waits for the first posts, or a message in their place, and for the parts that load after them. */
export async function ready(page: Page): Promise<void> {
  await page.waitForSelector('.post, .notice')
  await page.waitForSelector('.newer', { state: 'attached' })
}

/** The ids of the posts as the timeline shows them, top to bottom. */
export function shownIds(page: Page): Promise<string[]> {
  return page.$$eval('.post[data-id]', (posts) => posts.map((post) => (post as HTMLElement).dataset.id!))
}

/** The first post that is visible, and how far it is below the top of the window, in whole pixels. */
export function topPost(page: Page): Promise<{ id: string; top: number }> {
  return page.evaluate(() => {
    const bar = document.querySelector('.bar')?.clientHeight ?? 0
    const posts = [...document.querySelectorAll<HTMLElement>('.post')]
    const post = posts.find((one) => one.getBoundingClientRect().bottom > bar + 1)!
    return { id: post.dataset.id!, top: Math.round(post.getBoundingClientRect().top) }
  })
}

/** Waits until the timeline shows exactly these posts. */
export function expectIds(page: Page, ids: string[]): Promise<void> {
  return eventually(async () => assert.deepEqual(await shownIds(page), ids))
}

/** Repeats a check until it passes, since the page reacts to an event some time after it. Fails with the check's own assertion. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  for (const end = Date.now() + 15_000; ; await setTimeout(50)) {
    try {
      return await check()
    } catch (problem) {
      if (Date.now() > end) throw problem
    }
  }
}

/** The scroll position, once it and the page's height are stable: content that comes near is laid out and moves the rest. */
export function stableScroll(page: Page): Promise<number> {
  return page.evaluate(async () => {
    for (let before = '', frames = 0; frames < 12; ) {
      await new Promise(requestAnimationFrame)
      const now = `${scrollY} ${document.documentElement.scrollHeight}`
      const loads = document.querySelector('.timeline[aria-busy=true], .more[aria-disabled=true]')
      frames = now === before && !loads ? frames + 1 : 0
      before = now
    }
    return scrollY
  })
}

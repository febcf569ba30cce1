import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { readerLink } from '../../tooling/lib/api/reader-link.ts'
import { makeToken } from '../../tooling/lib/api/token.ts'
import { type LocalServer, startServer } from '../../tooling/lib/local/server.ts'
import { sign } from '../support/api.ts'
import { idsWhere } from './sample-posts.ts'
import { eventually, expectIds, JWT_SECRET, pageSuite, ready, type Stage, shownIds } from './stage.ts'

const { test, run } = pageSuite('a private feed')

/** The same database behind a second server, which is private, for the length of one test. */
function inPrivate(name: string, play: (stage: Stage, server: LocalServer) => Promise<void>) {
  test(name, async (stage) => {
    const options = { databaseUrl: stage.db.url, jwtSecret: JWT_SECRET, page: stage.folder, isPrivate: true }
    const server = await startServer(options)
    try {
      await play(stage, server)
    } finally {
      await server.stop()
    }
  })
}

const reader = async (ttl = '1h') => (await makeToken({ role: 'reader', ttl, secret: JWT_SECRET })).token
const link = async (server: LocalServer) =>
  (await readerLink(server.url, { role: 'reader', ttl: '1h', secret: JWT_SECRET })).link
const question = (page: Page) => page.getByText('This feed is private.')
const hasPosts = (page: Page) => eventually(async () => assert.ok((await shownIds(page)).length > 0))

inPrivate(
  'it asks for a token, and a pasted one opens the feed, the overview, a post and the CSV',
  async (stage, server) => {
    const page = await stage.blank()
    await page.goto(server.url)
    await question(page).waitFor()
    assert.deepEqual(await shownIds(page), [])
    await page.getByLabel('Link or token').fill('nonsense')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('That is neither a link that signs in nor a token.').waitFor()

    await page.getByLabel('Link or token').fill(` ${await reader()}\n`)
    await page.keyboard.press('Enter')
    await expectIds(page, await idsWhere(stage.db))
    // The overview beside the feed loads by itself.
    await page.locator('.totals a').first().waitFor()

    const [id] = await shownIds(page)
    await page.goto(`${server.url}/?post=${id}`)
    await page.locator('.side-panel').getByRole('link', { name: 'Open on X' }).waitFor()
    await page.locator('.side-panel .facts').first().waitFor()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download as CSV' }).click()
    assert.equal((await download).suggestedFilename(), 'xmonitor.csv')

    await page.goto(`${server.url}/?tier=teammate`)
    await expectIds(page, await idsWhere(stage.db, "watch_tier = 'teammate'"))
  },
)

inPrivate('a link signs in, and its token is gone from the address at once', async (stage, server) => {
  const page = await stage.blank()
  const { hash } = new URL(await link(server))
  await page.goto(`${server.url}/?tier=teammate${hash}`)
  await expectIds(page, await idsWhere(stage.db, "watch_tier = 'teammate'"))
  assert.equal(page.url(), `${server.url}/?tier=teammate`)
  await page.reload()
  await expectIds(page, await idsWhere(stage.db, "watch_tier = 'teammate'"))
})

inPrivate('a link opened in a tab that already shows the page signs in there', async (stage, server) => {
  const page = await stage.blank()
  await page.goto(server.url)
  await question(page).waitFor()
  await page.goto(await link(server))
  await hasPosts(page)
  assert.equal(page.url(), `${server.url}/`)
})

inPrivate(
  'an access that has ended says so, also while the page is open, and a new one goes on',
  async (stage, server) => {
    const page = await stage.blank()
    await page.goto(
      `${server.url}/#token=${await sign({ role: 'reader', exp: 1_700_000_000 }, { secret: JWT_SECRET })}`,
    )
    await page.getByText(/Your access ended .*2023.* Ask for a new link\./).waitFor()
    await page.getByLabel('Link or token').fill(await link(server))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await hasPosts(page)

    // What the API answers once the token has ended.
    await page.route('**/api/**', (route) =>
      route.fulfill({ status: 401, json: { code: 'PGRST303', message: 'JWT expired', details: null, hint: null } }),
    )
    await page.evaluate(() => dispatchEvent(new Event('online')))
    await page.getByText('You are signed in, but the server says: JWT expired.').waitFor()
    assert.deepEqual(await shownIds(page), [], 'nothing that was read stays on the screen')
  },
)

inPrivate('a token for something else is refused in words', async (stage, server) => {
  const { token } = await makeToken({ role: 'reader', only: 'atom', ttl: '1h', secret: JWT_SECRET })
  const page = await stage.blank()
  await page.goto(`${server.url}/#token=${token}`)
  await page.getByText('You are signed in, but the server says: the token may not call /rpc/feed.').waitFor()
})

inPrivate('signing out forgets the token and the posts; both happen in every tab', async (stage, server) => {
  const one = await stage.blank()
  await one.goto(server.url)
  await question(one).waitFor()
  const two = await one.context().newPage()
  await two.goto(await link(server))
  await ready(two)
  await hasPosts(one)
  await two.getByRole('button', { name: 'Sign out' }).click()
  for (const page of [one, two]) {
    await question(page).waitFor()
    assert.deepEqual(await shownIds(page), [])
  }
  const kept = await one.evaluate(() => JSON.stringify(localStorage))
  assert.ok(!/eyJ|body_text/.test(kept), kept)
})

inPrivate('Subscribe offers an address with a token of its own, which reads the feed', async (stage, server) => {
  const page = await stage.blank()
  await page.goto(await link(server))
  await ready(page)
  await page.getByRole('button', { name: 'Subscribe' }).click()
  const address = await page.getByLabel('Atom feed URL for these filters').inputValue()
  const [token, atom] = await page.evaluate(() =>
    ['token', 'atom'].map((name) => localStorage.getItem(`xmonitor.${name}`)!),
  )
  assert.equal(new URL(address).searchParams.get('token'), atom)
  assert.ok(!address.includes(token!))
  const feed = await fetch(address)
  assert.equal(feed.status, 200)
  assert.match(await feed.text(), /<entry>/)
})

inPrivate('with storage blocked one can read until the page is left', async (stage, server) => {
  const page = await stage.blank()
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('Access is denied for this document.', 'SecurityError')
        },
      })
  })
  await page.goto(server.url)
  await question(page).waitFor()
  await page.getByLabel('Link or token').fill(await reader())
  await page.keyboard.press('Enter')
  await hasPosts(page)
})

test('an open feed asks for nothing, and has nothing to sign out of', async (stage) => {
  const page = await stage.visit()
  await hasPosts(page)
  assert.equal(await page.getByRole('button', { name: 'Sign out' }).count(), 0)
  await page.getByRole('button', { name: 'Subscribe' }).click()
  assert.ok(!(await page.getByLabel('Atom feed URL for these filters').inputValue()).includes('token'))
})

run()

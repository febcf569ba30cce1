import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page, Route } from 'playwright-core'
import { idsWhere } from './sample-posts.ts'
import { eventually, expectIds, pageSuite, shownIds } from './stage.ts'

const { test, run } = pageSuite('the states of the page')

/** Presses the button, unless the page has retried by itself meanwhile. */
async function tryAgain(page: Page): Promise<void> {
  const button = page.locator('main').getByRole('button', { name: 'Try again' })
  await button.click({ timeout: 5000 }).catch(async () => assert.equal(await button.count(), 0))
}

test('the first load shows skeletons, a later one keeps the old posts', async (stage) => {
  const page = await stage.blank()
  const held: Route[] = []
  await page.route('**/rpc/feed?*', (route) => void held.push(route))
  const release = async () => {
    await eventually(async () => assert.equal(held.length, 1))
    await held.pop()!.continue()
  }
  await page.goto(stage.url)
  await page.waitForSelector('.skeleton')
  assert.equal(await page.locator('.post').count(), 0)
  await release()
  await expectIds(page, await idsWhere(stage.db))
  await eventually(async () => assert.equal(await page.locator('.skeleton').count(), 0))

  const shown = await shownIds(page)
  await page.getByRole('button', { name: 'Ecosystem' }).click()
  await page.waitForSelector('.timeline[aria-busy=true]')
  assert.deepEqual(await shownIds(page), shown)
  assert.equal(await page.locator('.skeleton').count(), 0)
  await release()
  await expectIds(page, await idsWhere(stage.db, "watch_tier = 'ecosystem'"))
})

test('an empty result names the filters and offers to remove them', async (stage) => {
  const page = await stage.visit('/?tier=teammate&q=unicorn')
  await page.getByText('No posts match Teammate, “unicorn”.').waitFor()
  await page.getByRole('button', { name: 'Show all posts' }).click()
  await expectIds(page, await idsWhere(stage.db))
})

for (const [search, named] of [
  ['since=2026-02-30', 'since'],
  ['until=someday', 'until'],
  ['tier=enemy', 'tier'],
] as const)
  test(`an invalid link (${search}) says what is wrong and offers all posts`, async (stage) => {
    const page = await stage.visit(`/?${search}`)
    const said = new RegExp(`^This link isn’t valid: .*${named}`)
    await eventually(async () => assert.match((await page.locator('main').getByRole('alert').textContent())!, said))
    await page.locator('.side-panel [role=alert]', { hasText: named }).first().waitFor()
    assert.equal(await page.getByRole('button', { name: 'Try again' }).count(), 0)
    await page.getByRole('button', { name: 'Show all posts' }).click()
    await expectIds(page, await idsWhere(stage.db))
  })

test('an unreachable server is reported; once it is back, retrying works', async (stage) => {
  const page = await stage.visit()
  const shown = await shownIds(page)
  const up = await stage.down()
  await page.getByRole('button', { name: 'Influencer' }).click()
  await page.locator('main').getByText('The server cannot be reached.').waitFor()
  // Posts of other filters are not shown under these.
  await expectIds(page, [])
  await page.getByRole('button', { name: 'Show last loaded posts' }).click()
  await expectIds(page, shown)
  await page.getByText('These posts were loaded').waitFor()
  await page.goBack()
  await expectIds(page, [])
  await page.locator('main').getByText('The server cannot be reached.').waitFor()
  await up()
  await tryAgain(page)
  await expectIds(page, await idsWhere(stage.db, "watch_tier = 'influencer'"))
})

test('a server that goes away while more loads leaves the posts there, and loading resumes where it stopped', async (stage) => {
  const page = await stage.visit()
  const up = await stage.down()
  await page.mouse.wheel(0, 9000)
  await page.locator('main').getByText('The server cannot be reached.').waitFor()
  await expectIds(page, await idsWhere(stage.db))
  await up()
  await tryAgain(page)
  const ids = await idsWhere(stage.db, 'true', 100)
  await eventually(async () => assert.deepEqual((await shownIds(page)).slice(0, 100), ids))
})

test('a server error is reported with its status', async (stage) => {
  const page = await stage.blank()
  await page.route('**/rpc/feed?*', (route) => route.fulfill({ status: 503, body: '<html>Bad gateway' }))
  await page.goto(stage.url)
  await page.locator('main').getByText('Server error (HTTP 503).').waitFor()
  await page.unroute('**/rpc/feed?*')
  await tryAgain(page)
  await expectIds(page, await idsWhere(stage.db))
})

test('a search that has to wait for others is sent again until it is answered, and nobody sees an error', async (stage) => {
  const page = await stage.blank()
  const refused = new Set<string>()
  // Each of the requests of a search, the first time.
  await page.route(/rpc\/.*q=heron/, (route) => {
    const url = route.request().url()
    if (refused.has(url)) return route.fallback()
    refused.add(url)
    const error = { code: 'XM429', message: 'Too many requests.', details: null, hint: null }
    return route.fulfill({ status: 429, headers: { 'Retry-After': '1' }, json: error })
  })
  await page.goto(`${stage.url}?q=heron`)
  await expectIds(page, await idsWhere(stage.db, "body_text ilike '%heron%'"))
  assert.ok(refused.size > 0)
  assert.equal(await page.getByRole('alert').count(), 0)
})

test('after a server error the page retries by itself, with pauses that double up to a minute', async (stage) => {
  const page = await stage.blank()
  await page.clock.install({ time: 0 })
  await page.clock.pauseAt(1000)
  let requests = 0
  await page.route('**/rpc/feed?*', (route) => {
    requests++
    return route.fulfill({ status: 503, body: '<html>Bad gateway' })
  })
  await page.goto(stage.url)
  await page.waitForSelector('.timeline', { state: 'attached' })
  // The frame that paints it.
  await page.clock.runFor(100)
  const failed = page.locator('main').getByText('Server error (HTTP 503).')
  /** The seconds on the page's clock until it asks again. */
  const pause = async () => {
    await failed.waitFor()
    const before = requests
    let seconds = 0
    for (; requests === before; seconds++) {
      assert.ok(seconds < 90, 'it does not retry')
      await page.clock.runFor(1000)
      // Some real time too: what follows the first screen may still be loading, and a response be on its way.
      await sleep(20)
    }
    return seconds
  }
  for (const seconds of [10, 20, 40, 60, 60]) {
    const measured = await pause()
    assert.ok(measured >= seconds - 1 && measured <= seconds + 4, `${measured} s instead of ${seconds}`)
  }
  await failed.waitFor()
  await page.unroute('**/rpc/feed?*')
  await page.clock.runFor(60_000)
  await expectIds(page, await idsWhere(stage.db))
})

test('a server that does not answer times out with a message', async (stage) => {
  const page = await stage.blank()
  // The page's clock stops, and moves only when told to.
  await page.clock.install({ time: 0 })
  await page.clock.pauseAt(1000)
  await page.route('**/rpc/feed?*', () => {})
  await page.goto(stage.url)
  await page.waitForSelector('.skeleton')
  await page.clock.runFor(14_000)
  assert.equal(await page.locator('.skeleton').first().isVisible(), true)
  await page.clock.runFor(2000)
  await page.locator('main').getByText('The server took too long to answer.').waitFor()
})

test('an error clears by itself when the network is back', async (stage) => {
  const page = await stage.visit()
  await page.waitForSelector('#watchlist option', { state: 'attached' })
  await page.context().setOffline(true)
  await page.getByRole('button', { name: 'Other', exact: true }).click()
  await page.locator('main').getByText('You are offline.').waitFor()
  await page.context().setOffline(false)
  await expectIds(page, await idsWhere(stage.db, 'watch_tier is null'))
})

test('offline, the page and the posts loaded last are there; online, a reload shows the latest version', async (stage) => {
  const page = await stage.visit('/?tier=teammate', { serviceWorkers: 'allow' })
  await page.evaluate(async () => void (await navigator.serviceWorker.ready))
  const shown = await shownIds(page)
  const up = await stage.down()
  await page.reload()
  await expectIds(page, shown)
  await page.getByText('These posts were loaded').waitFor()
  // The parts that load later are cached too.
  await page.getByRole('button', { name: 'Teammate', exact: true }).waitFor()
  await up()
  await stage.ingest('ingest_posts', {
    items: [
      {
        status_id: '1960000000000000000',
        url: 'https://x.com/lantern_lab/status/1',
        author_handle: 'lantern_lab',
        body_text: 'Fresh',
        watch_tier: 'teammate',
        discovered_at: new Date().toISOString(),
        last_seen_at: new Date().toISOString(),
      },
    ],
  })
  await page.reload()
  await page.waitForSelector('#post-1960000000000000000')
})

test('every path serves the page: only the query matters', async (stage) => {
  const page = await stage.visit('/some/old/path?tier=teammate')
  await expectIds(page, await idsWhere(stage.db, "watch_tier = 'teammate'"))
})

test('if the rest of the page cannot be loaded, the posts are there, and links work', async (stage) => {
  const page = await stage.blank()
  await page.route('**/assets/after-first-paint-*', (route) => route.abort())
  await page.goto(stage.url)
  await page.getByRole('alert').getByText('Part of the page could not be loaded.').waitFor()
  await expectIds(page, await idsWhere(stage.db))
  await page.unroute('**/assets/after-first-paint-*')
  await page.locator('.post .handle').first().click()
  await page.waitForURL(/\?handle=/)
  await page.getByRole('button', { name: 'Remove filter' }).waitFor()
})

test('an empty database says that there are no posts', async (stage) => {
  const page = await stage.blank()
  await page.route('**/rpc/feed?*', (route) => route.fulfill({ json: [] }))
  await page.goto(stage.url)
  await page.getByText('No posts yet.').waitFor()
})

run()

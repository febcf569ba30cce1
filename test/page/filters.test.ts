import assert from 'node:assert/strict'
import { idsWhere } from './sample-posts.ts'
import { eventually, expectIds, pageSuite, SIZES, shownIds, stableScroll, topPost } from './stage.ts'

const { test, run } = pageSuite('the filters')

// As the URL has them, and as SQL does.
const FILTERS: [search: string, condition: string][] = [
  ['tier=teammate', "watch_tier = 'teammate'"],
  ['tier=other', 'watch_tier is null'],
  ['tier=teammate,other', "watch_tier = 'teammate' or watch_tier is null"],
  ['handle=papermoth', "author_handle = 'papermoth'"],
  ['handle=@PaperMoth,fogbureau', "author_handle in ('papermoth', 'fogbureau')"],
  ['since=24h', "discovered_at >= now() - interval '24 hours'"],
  ['since=7d', "discovered_at >= now() - interval '7 days'"],
  ['significant=1', 'is_significant'],
  ['reported=1', 'status_id in (select status_id from reports)'],
  ['reported=0', 'status_id not in (select status_id from reports)'],
  ['significant=1&reported=0', 'is_significant and status_id not in (select status_id from reports)'],
  ['q=herons', "body_text ilike '%herons%'"],
  ['q="paper moth archive"', "body_text ilike '%paper moth archive%'"],
  [
    'q=kite -comets',
    "body_text ilike '%kite%' and body_text not ilike '%comets%' or author_handle = 'tinykites' and body_text not ilike '%comets%'",
  ],
  ['q=tinykites', "body_text ilike '%tinykites%' or author_handle ilike '%tinykites%'"],
  [
    'tier=influencer&since=30d&significant=1&q=clock',
    "watch_tier = 'influencer' and discovered_at >= now() - interval '30 days' and is_significant and (body_text ilike '%clock%' or author_handle ilike '%clock%')",
  ],
]

test('each filter alone, and combinations, show what SQL finds', async (stage) => {
  const page = await stage.visit()
  for (const [search, condition] of FILTERS) {
    await page.goto(`${stage.url}/?${search}`)
    const ids = await idsWhere(stage.db, condition)
    assert.ok(ids.length, search)
    await expectIds(page, ids)
  }
})

test('dates are in the time zone of the reader, the last day inclusive', async (stage) => {
  const [row] = await stage.db.query<{ day: string }>(
    `select to_char((now() - interval '3 days') at time zone 'Pacific/Auckland', 'YYYY-MM-DD') as day`,
  )
  const page = await stage.visit(`/?since=${row!.day}&until=${row!.day}`, { timezoneId: 'Pacific/Auckland' })
  await expectIds(
    page,
    await idsWhere(stage.db, `(discovered_at at time zone 'Pacific/Auckland')::date = '${row!.day}'`),
  )
})

test('the controls change the URL, and the URL sets the controls', async (stage) => {
  const page = await stage.visit()
  await page.getByRole('button', { name: 'Teammate', exact: true }).click()
  await page.getByRole('button', { name: 'Other', exact: true }).click()
  await page.getByRole('button', { name: '30d' }).click()
  await page.getByRole('button', { name: 'Significant', exact: true }).click()
  await page.getByLabel('Handle').fill('@Lantern_Lab')
  await page.keyboard.press('Enter')
  await page.getByLabel('Search posts').fill('fog')
  const search = '?tier=teammate,other&handle=lantern_lab&since=30d&significant=1&q=fog'
  await eventually(async () => assert.equal(new URL(page.url()).search, search))

  const other = await stage.visit(search)
  await eventually(async () => {
    assert.deepEqual(await other.locator('.rail [aria-pressed=true]').allTextContents(), [
      ...['Teammate', 'Other', 'Significant', '30d', 'Auto', 'Normal', 'Normal'],
    ])
    assert.equal(await other.getByLabel('Search posts').inputValue(), 'fog')
    assert.deepEqual(await other.locator('.chips li').allTextContents(), [
      ...['Teammate ', 'Other ', '@lantern_lab ', 'Last 30 days ', 'Significant ', '“fog” '],
      'Reset',
    ])
  })
})

test('a chip removes one filter, Reset removes all', async (stage) => {
  const page = await stage.visit('/?tier=teammate&significant=1')
  await page.getByRole('button', { name: 'Remove filter: Teammate' }).click()
  await expectIds(page, await idsWhere(stage.db, 'is_significant'))
  await page.getByRole('button', { name: 'Reset' }).click()
  await expectIds(page, await idsWhere(stage.db))
  await eventually(async () => assert.equal(new URL(page.url()).search, ''))
})

test('Back and Forward restore the filters, the posts and the post at the top', async (stage) => {
  const page = await stage.visit()
  await page.mouse.wheel(0, 9000)
  await page.waitForFunction(() => document.querySelectorAll('.post[data-id]').length >= 100)
  await stableScroll(page)
  const before = await topPost(page)
  await page.getByRole('button', { name: 'Influencer' }).click()
  await expectIds(page, await idsWhere(stage.db, "watch_tier = 'influencer'"))
  assert.equal(await stableScroll(page), 0)
  await page.goBack()
  // More may load: the end of the page is near.
  const ids = await idsWhere(stage.db, 'true', 100)
  await eventually(async () => assert.deepEqual((await shownIds(page)).slice(0, 100), ids))
  await stableScroll(page)
  const after = await topPost(page)
  assert.equal(after.id, before.id)
  // Rows end between pixels.
  assert.ok(Math.abs(after.top - before.top) <= 1, `${before.top} ${after.top}`)
  await page.goForward()
  await expectIds(page, await idsWhere(stage.db, "watch_tier = 'influencer'"))
})

test('handles are completed from the watchlist', async (stage) => {
  const page = await stage.visit()
  await page.waitForSelector('#watchlist option', { state: 'attached' })
  const options = await page.$$eval('#watchlist option', (all) =>
    all.map((option) => (option as HTMLOptionElement).value),
  )
  assert.deepEqual(options, ['@harbourclock', '@lantern_lab', '@mossatlas', '@papermoth', '@tinykites'])
})

test('a click on an author shows their posts', async (stage) => {
  const page = await stage.visit()
  await page.locator('.handle', { hasText: '@mossatlas' }).first().click()
  await expectIds(page, await idsWhere(stage.db, "author_handle = 'mossatlas'"))
})

test('a range of dates can be entered', async (stage) => {
  const page = await stage.visit()
  const days = await stage.db.query<{ day: string }>(
    `select to_char((now() - make_interval(days => d)) at time zone 'Europe/Berlin', 'YYYY-MM-DD') as day from generate_series(5, 3, -2) as d`,
  )
  await page.getByLabel('From').fill(days[0]!.day)
  await page.getByLabel('To', { exact: true }).fill(days[1]!.day)
  await expectIds(
    page,
    await idsWhere(
      stage.db,
      `(discovered_at at time zone 'Europe/Berlin')::date between '${days[0]!.day}' and '${days[1]!.day}'`,
    ),
  )
})

test('typing a search is one history entry', async (stage) => {
  const page = await stage.visit('/?tier=teammate')
  await page.getByLabel('Search posts').pressSequentially('herons', { delay: 120 })
  await page.waitForURL((url) => url.searchParams.get('q') === 'herons')
  await page.getByLabel('Search posts').pressSequentially(' dawn', { delay: 20 })
  await page.waitForURL((url) => url.searchParams.get('q') === 'herons dawn')
  await page.goBack()
  await page.waitForURL((url) => url.search === '?tier=teammate')
  await eventually(async () => assert.equal(await page.getByLabel('Search posts').inputValue(), ''))
})

test('search matches are highlighted in the texts', async (stage) => {
  const page = await stage.visit('/?q="14 herons" -kites dawn')
  const marked = () => page.evaluate(() => [...new Set([...(CSS.highlights.get('found') ?? [])].map(String))])
  await eventually(async () => assert.deepEqual((await marked()).sort(), ['14 herons', 'dawn']))
  await page.getByRole('button', { name: 'Reset' }).click()
  await page.waitForFunction(() => !CSS.highlights.has('found'))
})

test('one or two letters match where words begin: the page says so, and marks only those', async (stage) => {
  const page = await stage.visit('/?q=at')
  const hint = page.getByText('Fewer than 3 letters: matches where words begin.')
  await hint.waitFor()
  // In "dawn at", "That is" and @mossatlas.
  const before = () =>
    page.evaluate(() => [
      ...new Set(
        [...(CSS.highlights.get('found') ?? [])].map((range) => {
          const { startContainer, startOffset } = range as Range
          return startContainer.nodeValue!.charAt(startOffset - 1)
        }),
      ),
    ])
  await eventually(async () => assert.deepEqual(await before(), [' ']))
  await page.getByLabel('Search posts').fill('atlas')
  await hint.waitFor({ state: 'detached' })
  await eventually(async () => assert.deepEqual((await before()).sort(), [' ', 's']))
})

test('on a phone the filters open in a sheet, and a link in it closes it', async (stage) => {
  const page = await stage.visit('/', { viewport: SIZES.phone })
  const button = page.getByRole('button', { name: /^Filters and more/ })
  await button.click()
  await page.getByRole('button', { name: 'Ecosystem' }).click()
  await page.keyboard.press('Escape')
  await expectIds(page, await idsWhere(stage.db, "watch_tier = 'ecosystem'"))
  await eventually(async () => assert.equal(await button.getAttribute('aria-label'), 'Filters and more, 1 active'))
  await button.click()
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.waitForSelector('.side-panel .totals')
  await eventually(async () => assert.equal(await page.locator('dialog').count(), 0))
  await page.goBack()
  await page.locator('.side-panel').waitFor({ state: 'detached' })
})

test('a view is saved under a name, opened after a reload, and deleted', async (stage) => {
  const page = await stage.visit('/?tier=teammate&since=7d')
  await page.getByRole('button', { name: 'Save this view' }).click()
  await page.getByLabel('Name of this view').fill('Team, this week')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Team, this week' }).waitFor()
  await page.goto(stage.url)
  const tabs = page.getByRole('navigation', { name: 'Views' }).getByRole('link')
  await eventually(async () => assert.deepEqual(await tabs.allTextContents(), ['All', 'Team, this week']))
  await page.getByRole('link', { name: 'Team, this week' }).click()
  await page.waitForURL((url) => url.search === '?tier=teammate&since=7d')
  await expectIds(
    page,
    await idsWhere(stage.db, "watch_tier = 'teammate' and discovered_at >= now() - interval '7 days'"),
  )
  await page.getByRole('button', { name: 'Delete Team, this week' }).click()
  await eventually(async () => assert.equal(await page.getByRole('link', { name: 'Team, this week' }).count(), 0))
})

test('the Atom feed URL of the current filters is shown, and works', async (stage) => {
  const page = await stage.visit('/?tier=teammate,other&significant=1&since=24h')
  await page.getByRole('button', { name: 'Subscribe' }).click()
  const url = `${stage.url}/api/rpc/feed_atom?tier=teammate%2Cother&significant=true`
  await eventually(async () => {
    assert.equal(await page.getByLabel('Atom feed URL for these filters').inputValue(), url)
    assert.equal(await page.locator('link[rel=alternate]').getAttribute('href'), url)
  })
  const digest = await page.getByLabel('One entry per day').inputValue()
  assert.equal(digest, `${url.replace('feed_atom', 'digest_atom')}&zone=Europe%2FBerlin`)
  assert.match(await (await fetch(digest)).text(), /<entry>.*Most liked.*<\/entry>/s)
  const response = await fetch(url)
  assert.equal(response.status, 200)
  assert.match(response.headers.get('content-type')!, /xml/)
  const [newest] = await idsWhere(stage.db, "is_significant and (watch_tier = 'teammate' or watch_tier is null)", 1)
  assert.ok((await response.text()).includes(newest!))
})

test('the days of the overview filter by date', async (stage) => {
  const page = await stage.visit()
  const chart = page.getByRole('slider')
  await page.waitForSelector('.bars .posts', { state: 'attached' })
  const said = () => chart.getAttribute('aria-valuetext')
  const last = await said()
  await chart.focus()
  await page.keyboard.press('ArrowLeft')
  await eventually(async () => assert.notEqual(await said(), last))
  const chosen = await said()
  await page.keyboard.press('Enter')
  await page.waitForURL(/since=.*until=/)
  const day = new URL(page.url()).searchParams.get('since')!
  assert.equal(new URL(page.url()).searchParams.get('until'), day)
  const ids = await idsWhere(stage.db, `(discovered_at at time zone 'Europe/Berlin')::date = '${day}'`)
  await expectIds(page, ids)
  assert.match(chosen!, new RegExp(`: ${ids.length} posts?, `))
  const { width } = (await chart.boundingBox())!
  await chart.click({ position: { x: width - 3, y: 20 } })
  await page.waitForURL((url) => url.searchParams.get('since') !== day)
  const today = new URL(page.url()).searchParams.get('since')
  await expectIds(page, await idsWhere(stage.db, `(discovered_at at time zone 'Europe/Berlin')::date = '${today}'`))
})

test('search matches are highlighted in the open post and in what is unfolded', async (stage) => {
  const id = '1700000000000000003'
  await stage.db.query(
    `insert into posts (status_id, url, author_handle, body_text, discovered_at, last_seen_at)
     values ($1, 'https://x.com/a/status/3', 'a', $2, '2024-02-03', now())`,
    [id, `zebra ${'word '.repeat(400)}zebra`],
  )
  const page = await stage.visit('/?q=zebra')
  const marked = () =>
    page.evaluate(() =>
      [...(CSS.highlights.get('found') ?? [])]
        .map((range) => ((range as Range).startContainer.parentElement!.closest('.post') ? 'row' : 'panel'))
        .join(' '),
    )
  await eventually(async () => assert.equal(await marked(), 'row'))
  await page.getByRole('button', { name: /^Show all/ }).click()
  await eventually(async () => assert.equal(await marked(), 'row row'))
  await page.locator('.post .when').click()
  await eventually(async () => assert.equal(await marked(), 'row row panel panel'))
  await stage.db.query('delete from posts where status_id = $1', [id])
})

test('&amp;, &lt; and &gt; are shown as characters, everywhere, and nothing else is decoded', async (stage) => {
  const id = '1700000000000000004'
  const text = 'Q&amp;A &lt;b&gt;now&lt;/b&gt; &amp;lt; &quot; &#39; https://example.org/?a=1&amp;b=2'
  const shown = `Q&A <b>now</b> &lt; &quot; &#39; https://example.org/?a=1&b=2`
  await stage.db.query(
    `insert into posts (status_id, url, author_handle, author_display, body_text, is_significant, significance_reason, discovered_at, last_seen_at)
     values ($1, 'https://x.com/a/status/4', 'a', 'R&amp;D', $2, true, 'a &gt; b', '2024-02-04', now())`,
    [id, text],
  )
  const page = await stage.visit(`/?since=2024-02-04&until=2024-02-04&post=${id}`)
  await page.locator('.side-panel .facts').first().waitFor()
  for (const part of ['.post', '.full-post']) {
    assert.equal(await page.locator(`${part} .text`).textContent(), shown)
    assert.equal(await page.locator(`${part} .name`).textContent(), 'R&D')
    assert.match((await page.locator(`${part} .reason`).textContent())!, /A > b/)
    assert.equal(await page.locator(`${part} .text a`).getAttribute('href'), 'https://example.org/?a=1&b=2')
  }
  await eventually(async () => assert.match(await page.title(), /^R&D: Q&A <b>now/))
  await stage.db.query('delete from posts where status_id = $1', [id])
})

test('every number of the overview leads to the posts that it counts', async (stage) => {
  const page = await stage.visit()
  const counts = await stage.db.query<{ significant: number; unreported: number }>(
    `select count(*)::int as significant, count(*) filter (where status_id not in (select status_id from reports))::int as unreported
     from posts where is_significant`,
  )
  const { significant, unreported } = counts[0]!
  for (const [name, count, search, condition] of [
    ['significant', significant, '?significant=1', 'is_significant'],
    [
      'unreported',
      unreported,
      '?significant=1&reported=0',
      'is_significant and status_id not in (select status_id from reports)',
    ],
  ] as const) {
    await page
      .locator('.totals > div', { hasText: name })
      .getByRole('link', { name: `${count}`, exact: true })
      .click()
    await page.waitForURL((url) => url.search === search)
    await expectIds(page, await idsWhere(stage.db, condition))
  }
  assert.deepEqual(await page.locator('.chips li').allTextContents(), ['Significant ', 'Unreported ', 'Reset'])
  await page.getByRole('button', { name: 'Unreported', exact: true }).click()
  await page.waitForURL((url) => url.search === '?significant=1')
  await page.locator('.facts a').first().click()
  await page.waitForURL((url) => url.search === '?tier=teammate')
})

test('the overview and its chart follow the filters, except that the chart shows days of all dates', async (stage) => {
  const page = await stage.visit('/?tier=influencer')
  const [all] = await stage.db.query<{ posts: number; last: number }>(
    `select count(*)::int as posts, count(*) filter (where (discovered_at at time zone 'Europe/Berlin')::date =
       (select max((discovered_at at time zone 'Europe/Berlin')::date) from posts where watch_tier = 'influencer'))::int as last
     from posts where watch_tier = 'influencer'`,
  )
  const total = () => page.locator('.totals dd').first().textContent()
  const chart = page.getByRole('slider')
  await eventually(async () => assert.equal(await total(), `${all!.posts}`))
  await eventually(async () =>
    assert.match((await chart.getAttribute('aria-valuetext'))!, new RegExp(`: ${all!.last} post`)),
  )
  assert.match((await page.locator('.filtered-count').textContent())!, new RegExp(`^${all!.posts} posts · `))
  const before = await chart.getAttribute('aria-valuetext')
  await chart.focus()
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Enter')
  await page.waitForURL(/since=/)
  await eventually(async () => assert.notEqual(await total(), `${all!.posts}`))
  await page.keyboard.press('End')
  await eventually(async () => assert.equal(await chart.getAttribute('aria-valuetext'), before))
  await page.getByRole('button', { name: 'Reset' }).click()
  await page.getByLabel('Search posts').fill('herons')
  const herons = await idsWhere(stage.db, "body_text ilike '%herons%'", 1000)
  await eventually(async () => assert.equal(await total(), `${herons.length}`))
  assert.match((await page.locator('.filtered-count').textContent())!, new RegExp(`^${herons.length} posts? · `))
})

run()

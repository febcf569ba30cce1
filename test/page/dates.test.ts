import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { idsWhere } from './sample-posts.ts'
import { eventually, expectIds, pageSuite, SIZES } from './stage.ts'

const { test, run } = pageSuite('dates')

const DAY = 86_400_000

/** Types a date into a field as a person does, digit by digit; this Chromium's fields have month, day, year. */
async function typeDate(page: Page, label: string, day: string): Promise<void> {
  const [year, month, date] = day.split('-')
  await page.getByLabel(label, { exact: true }).focus()
  await page.keyboard.type(`${month}${date}${year}`, { delay: 60 })
}

const berlinDay = (time: number) => new Date(time).toLocaleDateString('sv', { timeZone: 'Europe/Berlin' })

test('a date can be typed, and typing it is one history entry', async (stage) => {
  const page = await stage.visit()
  const [from, to] = [berlinDay(Date.now() - 6 * DAY), berlinDay(Date.now() - 3 * DAY)]
  await typeDate(page, 'From', from)
  await page.waitForURL((url) => url.search === `?since=${from}`)
  assert.equal(await page.getByLabel('From').inputValue(), from)
  await typeDate(page, 'To', to)
  await page.waitForURL((url) => url.search === `?since=${from}&until=${to}`)
  await expectIds(
    page,
    await idsWhere(stage.db, `(discovered_at at time zone 'Europe/Berlin')::date between '${from}' and '${to}'`),
  )
  await page.goBack()
  await page.waitForURL((url) => url.search === `?since=${from}`)
  await page.goBack()
  await page.waitForURL((url) => url.search === '')
})

test('half a date filters by nothing, and goes when the field is left', async (stage) => {
  const page = await stage.visit()
  await page.getByLabel('From').focus()
  await page.keyboard.type('0101202', { delay: 60 })
  assert.equal(new URL(page.url()).search, '')
  await page.getByLabel('Search posts').focus()
  await eventually(async () => assert.equal(await page.getByLabel('From').inputValue(), ''))
  assert.equal(new URL(page.url()).search, '')
})

test('a typed date can be corrected, and cleared', async (stage) => {
  const [first, second] = [berlinDay(Date.now() - 6 * DAY), berlinDay(Date.now() - 5 * DAY)]
  const page = await stage.visit(`/?since=${first}`)
  await typeDate(page, 'From', second)
  await page.waitForURL((url) => url.search === `?since=${second}`)
  await page.getByLabel('From').fill('')
  await page.waitForURL((url) => url.search === '')
})

test('on a touch screen a tap on a bar shows its day, and a button filters by it', async (stage) => {
  const page = await stage.visit('/?view=overview', { viewport: SIZES.phone, hasTouch: true, isMobile: true })
  await page.locator('.bars .posts').first().waitFor({ state: 'attached' })
  await page.locator('.bars').scrollIntoViewIfNeeded()
  const days = new Set<string>()
  for (const bar of [25, 27, 28]) {
    const box = (await page.locator('.bars .posts').nth(bar).boundingBox())!
    await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height - 1)
    const day = berlinDay(Date.now() - (29 - bar) * DAY)
    const name = new Date(`${day}T12:00Z`).toLocaleDateString('en-GB', {
      day: 'numeric',
      month: 'short',
      year: 'numeric',
    })
    await eventually(async () => assert.ok((await page.locator('.caption').textContent())!.startsWith(name), name))
    assert.equal(new URL(page.url()).search, '?view=overview')
    days.add(day)
  }
  const day = [...days].at(-1)!
  await page.getByRole('button', { name: 'Show this day' }).click()
  await page.waitForURL((url) => url.search === `?since=${day}&until=${day}`)
  await expectIds(page, await idsWhere(stage.db, `(discovered_at at time zone 'Europe/Berlin')::date = '${day}'`))
})

test('German readers get 24 hours and English words, American readers 12 hours', async (stage) => {
  const [id] = await idsWhere(stage.db)
  for (const [locale, time] of [
    ['de-DE', /\b\d\d:\d\d$/],
    ['en-US', /\b\d{1,2}:\d\d\s[AP]M$/],
  ] as const) {
    const page = await stage.visit('/', { locale })
    await page.locator(`#post-${id} time`).hover()
    const title = await page.locator(`#post-${id} time`).getAttribute('title')
    assert.match(title!, time, locale)
    assert.match(title!, /^(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day/, locale)
  }
})

test('times at the ends of the calendar are shown, and those beyond break nothing', async (stage) => {
  const page = await stage.blank()
  const post = (status_id: string, discovered_at: unknown) => ({
    ...{ status_id, discovered_at, author_handle: 'a', author_display: null, watch_tier: null, body_text: status_id },
    ...{ url: 'https://x.com/a/status/1', is_significant: true, significance_reason: null },
    ...{ likes: 0, reposts: 0, replies: 0, views: 0, reported_at: discovered_at, cursor: status_id },
  })
  const times = [
    '9999-12-31T23:59:59+00:00',
    '10000-01-01T04:59:59+00:00',
    'infinity',
    null,
    'yesterday',
    '0001-01-01T00:00:00+00:00',
    '0001-12-31T00:00:00+00:00 BC',
  ]
  await page.route('**/rpc/feed?*', (route) => route.fulfill({ json: times.map((time, i) => post(`${i}`, time)) }))
  await page.goto(stage.url)
  await expectIds(
    page,
    times.map((_, i) => `${i}`),
  )
  const text = (await page.locator('main').textContent())!
  assert.match(text, /unknown time/)
  assert.doesNotMatch(text, /\b19\d\d\b/)
})

test('the chart counts the days of zones with half and quarter hours, and through a change of half an hour', async (stage) => {
  // Lord Howe Island changes its clocks by half an hour, on 4 April 2027 and 4 October 2026.
  for (const timezoneId of ['Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/New_York']) {
    const page = await stage.visit('/', { timezoneId })
    await page.locator('.bars .posts').first().waitFor({ state: 'attached' })
    const chart = page.getByRole('slider')
    await chart.focus()
    await page.keyboard.press('Home')
    const shown: number[] = []
    for (let i = 1; i <= 30; i++) {
      await eventually(async () => assert.equal(await chart.getAttribute('aria-valuenow'), `${i}`))
      shown.push(Number(/: ([\d,]+) post/.exec((await chart.getAttribute('aria-valuetext'))!)![1]!.replace(',', '')))
      await page.keyboard.press('ArrowRight')
    }
    const days = await stage.db.query<{ posts: number }>(
      `select count(posts)::int as posts
       from generate_series(0, 29) as back
       left join posts on (discovered_at at time zone $1)::date = (select max(discovered_at at time zone $1)::date from posts) - back
       group by back order by back desc`,
      [timezoneId],
    )
    assert.deepEqual(
      shown,
      days.map((day) => day.posts),
      timezoneId,
    )
  }
})

run()

import assert from 'node:assert/strict'
import { idsWhere } from './sample-posts.ts'
import { eventually, expectIds, pageSuite, SIZES } from './stage.ts'

const { test, run } = pageSuite('the briefing')

const TOP = '.top-posts .post-links a'
const DAY = 86_400_000

test('a day later it says how much is new since the last visit, and leads to it', async (stage) => {
  const page = await stage.visit()
  await page.locator('.totals a').first().waitFor()
  assert.equal(await page.locator('.briefing').count(), 0)
  await page.goto(`${stage.url}/licenses.txt`)
  await page.evaluate((day) => {
    const visits = JSON.parse(localStorage.getItem('xmonitor.visits')!)
    for (const visit of Object.values<{ at: number }>(visits)) visit.at -= day
    localStorage.setItem('xmonitor.visits', JSON.stringify(visits))
  }, DAY)
  const items = ['41', '42', '43'].map((id, i) => ({
    status_id: `20000000000000000${id}`,
    url: `https://x.com/lantern_lab/status/${id}`,
    author_handle: 'lantern_lab',
    body_text: `Just in, ${id}`,
    is_significant: i > 0,
    discovered_at: new Date(Date.now() + i).toISOString(),
    last_seen_at: new Date().toISOString(),
  }))
  await stage.ingest('ingest_posts', { items })
  const reports = [{ status_id: items[1]!.status_id, reported_at: new Date().toISOString() }]
  await stage.ingest('ingest_reports', { items: reports })
  await page.goto(stage.url)
  const briefing = page.locator('.briefing')
  await eventually(async () =>
    assert.equal(await briefing.textContent(), 'Since your last visit: 3 posts, 2 significant, 1 unreported'),
  )
  await briefing.getByRole('link', { name: '1 unreported' }).click()
  await expectIds(page, [items[2]!.status_id])
  await stage.db.query('delete from posts where status_id = any($1)', [items.map((item) => item.status_id)])
})

test('the top posts follow the metric, the filters and "one per author", all of it in the URL', async (stage) => {
  const page = await stage.visit('/?tier=teammate')
  const found = () =>
    page.$$eval(TOP, (links) => links.map((link) => new URLSearchParams(link.getAttribute('href')!).get('post')))
  const top = async (value: string) => {
    const rows = await stage.db.query<{ id: string }>(
      `select status_id as id from posts
       where watch_tier = 'teammate' and discovered_at > (select max(discovered_at) - interval '7 days' from posts)
       order by ${value} desc, status_id desc limit 5`,
    )
    return rows.map(({ id }) => id)
  }
  const byLikes = await top('likes')
  await eventually(async () => assert.deepEqual(await found(), byLikes))
  const section = page.locator('.top-posts')
  await section.getByRole('button', { name: 'Views' }).click()
  const byViews = await top('views')
  await eventually(async () => assert.deepEqual(await found(), byViews))
  await section.getByRole('button', { name: 'Growth' }).click()
  const byGrowth = await top('likes + reposts + replies - initial_likes - initial_reposts - initial_replies')
  await eventually(async () => assert.deepEqual(await found(), byGrowth))
  const growth = page.locator(`${TOP} b`).first()
  await eventually(async () => assert.match((await growth.textContent())!, /^\+[\d.]+k?$/i))
  await section.getByRole('button', { name: 'One per author' }).click()
  const bestOfEach = await stage.db.query<{ id: string }>(
    `select id from (
       select distinct on (author_handle)
         status_id as id, likes + reposts + replies - initial_likes - initial_reposts - initial_replies as growth
       from posts
       where watch_tier = 'teammate' and discovered_at > (select max(discovered_at) - interval '7 days' from posts)
       order by author_handle, growth desc, id desc
     ) as best
     order by growth desc, id desc limit 5`,
  )
  assert.ok(bestOfEach.length > 1)
  await eventually(async () =>
    assert.deepEqual(
      await found(),
      bestOfEach.map(({ id }) => id),
    ),
  )
  assert.equal(new URL(page.url()).search, '?tier=teammate&view=top-growth-each')

  const other = await stage.visit('/?tier=teammate&view=top-growth-each', { viewport: SIZES.phone })
  const [best] = await found()
  await other.locator(TOP).first().click()
  await other.waitForURL((url) => url.searchParams.get('post') === best)
})

test('one author is introduced, and a post says how far it exceeds what is usual there', async (stage) => {
  await stage.db.query(`update watch_accounts set note = 'Runs the lamp room' where handle = 'lantern_lab'`)
  const [best] = await idsWhere(
    stage.db,
    "author_handle = 'lantern_lab' and likes = (select max(likes) from posts where author_handle = 'lantern_lab')",
    1,
  )
  const [usual] = await stage.db.query<{ likes: number; posts: number }>(
    `select percentile_cont(0.5) within group (order by likes) as likes, count(*)::int as posts from posts where author_handle = 'lantern_lab'`,
  )
  const { likes, posts } = usual!
  for (const size of ['phone', 'desktop'] as const) {
    const page = await stage.visit('/?handle=lantern_lab', { viewport: SIZES[size] })
    const card = page.locator('.author-card')
    await card.getByText('Runs the lamp room').waitFor()
    assert.match((await card.textContent())!, new RegExp(`${posts} posts · [\\d.]+ per week · median ${likes} likes, `))
    await card.locator('.post-links a').click()
    await page.waitForURL((url) => url.searchParams.get('post') === best)
  }
  await stage.db.query('update posts set likes = 5 * $1::numeric where status_id = $2', [likes, best])
  const page = await stage.visit(`/?post=${best}`)
  await page.getByRole('link', { name: /^[345]× this author’s median likes$/ }).click()
  await page.waitForURL((url) => url.search === '?handle=lantern_lab')
  await page.goto(`${stage.url}/?handle=lantern_lab,tinykites`)
  await page.locator('.totals a').first().waitFor()
  assert.equal(await page.locator('.author-card').count(), 0)
})

test('a mention of a watched author leads to their posts, any other one to X', async (stage) => {
  const id = '1700000000000000004'
  await stage.db.query(
    `insert into posts (status_id, url, author_handle, body_text, discovered_at, last_seen_at)
     values ($1, 'https://x.com/a/status/4', 'a', 'With @Lantern_Lab and @someone_else', '2024-02-04', now())`,
    [id],
  )
  const page = await stage.visit('/?since=2024-02-04&until=2024-02-04')
  const text = page.locator('.post .text')
  assert.equal(
    await text.getByRole('link', { name: '@someone_else' }).getAttribute('href'),
    'https://x.com/someone_else',
  )
  const watched = text.getByRole('link', { name: '@Lantern_Lab' })
  await eventually(async () => assert.equal(await watched.getAttribute('href'), '?handle=lantern_lab'))
  await watched.click()
  await page.waitForURL((url) => url.search === '?handle=lantern_lab')
  await stage.db.query('delete from posts where status_id = $1', [id])
})

run()

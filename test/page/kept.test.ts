import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { idsWhere } from './sample-posts.ts'
import { eventually, expectIds, pageSuite, ready, SIZES } from './stage.ts'

const { test, run } = pageSuite('what the reader keeps')

/** Whether a row is marked as saved and as read. */
const marks = (page: Page, id: string | undefined) =>
  page.evaluate((id) => {
    const row = document.getElementById(`post-${id}`)!
    return [row.querySelector('.keep')!.getAttribute('aria-pressed'), row.dataset.read]
  }, id)

const expectMarks = (page: Page, id: string | undefined, saved: boolean, read: boolean) =>
  eventually(async () => assert.deepEqual(await marks(page, id), [`${saved}`, `${read}`]))

const listed = (page: Page) =>
  page
    .locator('.side-panel .post-links a')
    .evaluateAll((links) => links.map((link) => new URL((link as HTMLAnchorElement).href).searchParams.get('post')))

async function importFile(page: Page, text: string, answer: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Import' }).click()
  await (await chooser).setFiles({ name: 'xmonitor.json', mimeType: 'application/json', buffer: Buffer.from(text) })
  const status = page.locator('.side-panel [role=status]').last()
  // What it said of an earlier file stays until this one is read.
  await eventually(async () => assert.equal(await status.textContent(), answer))
}

test('s saves and m marks the focused post, and both last', async (stage) => {
  const ids = await idsWhere(stage.db)
  const page = await stage.visit()
  for (const key of ['j', 's', 'j', 'm']) await page.keyboard.press(key)
  await expectMarks(page, ids[0], true, false)
  await expectMarks(page, ids[1], false, true)
  await eventually(async () => assert.ok((await page.getByRole('status').allTextContents()).includes('Marked as read')))
  await page.reload()
  await ready(page)
  await expectMarks(page, ids[0], true, false)
  await expectMarks(page, ids[1], false, true)
  for (const key of ['j', 's', 'j', 'm']) await page.keyboard.press(key)
  await expectMarks(page, ids[0], false, false)
  await expectMarks(page, ids[1], false, false)
})

test('by touch: a bookmark below each post, and buttons in the open post, which is read then', async (stage) => {
  const ids = await idsWhere(stage.db)
  const page = await stage.visit('/', { viewport: SIZES.phone, hasTouch: true, isMobile: true })
  const row = page.locator(`#post-${ids[2]}`)
  await row.getByRole('button', { name: 'Save' }).tap()
  await expectMarks(page, ids[2], true, false)
  await row.locator('.when').tap()
  const panel = page.getByRole('complementary', { name: 'Post' })
  assert.equal(await panel.getByRole('button', { name: 'Save', exact: true }).getAttribute('aria-pressed'), 'true')
  await expectMarks(page, ids[2], true, true)
  await panel.getByRole('button', { name: 'Unread' }).tap()
  await expectMarks(page, ids[2], true, false)
})

test('the saved posts are listed, the last one first, and those that were deleted are counted', async (stage) => {
  const ids = await idsWhere(stage.db)
  const page = await stage.visit()
  await page.getByRole('link', { name: 'Saved and muted' }).click()
  await page.waitForURL(/view=saved/)
  const panel = page.getByRole('complementary', { name: 'Saved' })
  await panel.getByText('No saved posts yet').waitFor()
  for (const at of [4, 2, 7]) {
    await page.locator(`#post-${ids[at]}`).focus()
    await page.keyboard.press('s')
  }
  await eventually(async () => assert.deepEqual(await listed(page), [ids[7], ids[2], ids[4]]))
  await panel.locator('.post-links a').first().click()
  await page.waitForURL((url) => url.searchParams.get('post') === ids[7])
  await page.goBack()
  await eventually(async () => assert.deepEqual(await listed(page), [ids[7], ids[2], ids[4]]))
  await page.evaluate(() => {
    const kept = JSON.parse(localStorage.getItem('xmonitor.kept')!)
    localStorage.setItem('xmonitor.kept', JSON.stringify({ ...kept, saved: ['1', ...kept.saved] }))
  })
  await page.reload()
  await panel.getByText('1 no longer in the collection.').waitFor()
  assert.equal((await listed(page)).length, 3)
})

test('a muted author and a muted word hide their posts, until they are asked for', async (stage) => {
  const page = await stage.visit('/?view=saved&significant=1')
  const add = async (text: string) => {
    await page.getByLabel('Author or word to mute').fill(text)
    await page.keyboard.press('Enter')
  }
  await add(' @PaperMoth ')
  await add('dawn')
  await add('hero')
  const significant = (condition: string) => idsWhere(stage.db, `is_significant and ${condition}`)
  const left = (ids: string[], all: string[]) => all.filter((id) => !ids.includes(id))
  const muted = await significant("(author_handle = 'papermoth' or body_text like '%dawn%')")
  assert.ok(muted.length > 0)
  await expectIds(page, left(muted, await significant('true')))
  await page.reload()
  await expectIds(page, left(muted, await significant('true')))
  await page.goto(`${stage.url}/?handle=papermoth`)
  const ofAuthor = await idsWhere(stage.db, "author_handle = 'papermoth'")
  await expectIds(page, left(await idsWhere(stage.db, "body_text like '%dawn%'", 1000), ofAuthor))
  await page.goto(`${stage.url}/?view=saved&significant=1`)
  for (const entry of ['@papermoth', 'dawn']) await page.getByRole('button', { name: `Unmute ${entry}` }).click()
  await expectIds(page, await significant('true'))
})

test('an open post mutes its author, and the end of the feed says how many posts are hidden', async (stage) => {
  const [id] = await idsWhere(stage.db, "author_handle = 'fogbureau'")
  const page = await stage.visit(`/?post=${id}&q=%22No.%201%22`)
  await page.getByRole('button', { name: 'Mute @fogbureau' }).click()
  const all = await idsWhere(stage.db, "body_text like '%No. 1%'", 1000)
  const shown = await idsWhere(stage.db, "body_text like '%No. 1%' and author_handle <> 'fogbureau'", 1000)
  await page.goto(`${stage.url}/?q=%22No.%201%22`)
  await ready(page)
  await page.waitForFunction(
    () => {
      scrollBy(0, 3000)
      return document.querySelector('.end')
    },
    undefined,
    { polling: 50 },
  )
  assert.equal(
    await page.locator('.end').textContent(),
    `End of feed: ${all.length} posts, ${all.length - shown.length} muted`,
  )
  await expectIds(page, shown)
})

test('two tabs keep what the other one saved', async (stage) => {
  const ids = await idsWhere(stage.db)
  const one = await stage.visit()
  const two = await one.context().newPage()
  await two.goto(stage.url)
  await ready(two)
  for (const [page, keys] of [
    [one, 'js'],
    [two, 'jjs'],
    [one, 'jm'],
  ] as const)
    for (const key of keys) await page.keyboard.press(key)
  for (const page of [one, two]) {
    await expectMarks(page, ids[0], true, false)
    await expectMarks(page, ids[1], true, true)
  }
})

test('what is kept goes to another browser as one file, which adds to what is there', async (stage) => {
  const ids = await idsWhere(stage.db)
  const from = await stage.visit('/?tier=teammate')
  for (const key of ['j', 's', 'j', 'm']) await from.keyboard.press(key)
  await from.getByRole('button', { name: 'Save this view' }).click()
  await from.keyboard.type('Team')
  await from.keyboard.press('Enter')
  await from.goto(`${stage.url}/?view=saved`)
  await from.getByLabel('Author or word to mute').fill('zeppelin')
  await from.keyboard.press('Enter')
  const download = from.waitForEvent('download')
  await from.getByRole('button', { name: 'Export' }).click()
  const file = readFileSync(await (await download).path(), 'utf8')

  const to = await stage.visit()
  for (const key of ['j', 's', 'm']) await to.keyboard.press(key)
  await to.getByRole('link', { name: 'Saved and muted' }).click()
  for (let twice = 0; twice < 2; twice++) await importFile(to, file, 'Imported: 1 saved, 1 muted, 1 view.')
  const team = await idsWhere(stage.db, "watch_tier = 'teammate'")
  await eventually(async () =>
    assert.deepEqual(
      await listed(to),
      [ids[0], team[0]].filter((id, i, all) => all.indexOf(id) === i),
    ),
  )
  await to.getByRole('button', { name: 'Unmute zeppelin' }).waitFor()
  await to.getByRole('link', { name: 'Team', exact: true }).waitFor()
  await expectMarks(to, team[1], false, true)

  // Edited by hand: the same filters twice.
  const views = ['One', 'Two'].map((name) => ({ name, key: '?tier=other' }))
  await importFile(to, JSON.stringify({ xmonitor: 1, views }), 'Imported: 0 saved, 0 muted, 2 views.')
  assert.deepEqual(await to.locator('.tabs a').allTextContents(), ['All', 'Team', 'One'])

  const before = await to.evaluate(() => JSON.stringify({ ...localStorage }))
  for (const [text, answer] of [
    ['{"half', 'Nothing was imported: the file is not JSON.'],
    ['null', 'Nothing was imported: the file was not exported here.'],
    ['[1]', 'Nothing was imported: the file was not exported here.'],
    ['{"saved":["1"]}', 'Nothing was imported: the file was not exported here.'],
  ] as const) {
    await importFile(to, text, answer)
    assert.equal(await to.evaluate(() => JSON.stringify({ ...localStorage })), before)
  }
})

test('nonsense in storage does no harm', async (stage) => {
  for (const kept of ['[]', '7', '"text"', '{"saved":{"a":1},"read":[null,true],"muted":[1,"(",""]}', '{"half']) {
    const page = await stage.blank()
    await page.goto(`${stage.url}/licenses.txt`)
    await page.evaluate((kept) => localStorage.setItem('xmonitor.kept', kept), kept)
    await page.goto(stage.url)
    await expectIds(page, await idsWhere(stage.db))
  }
})

run()

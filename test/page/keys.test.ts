import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { idsWhere } from './sample-posts.ts'
import { eventually, expectIds, pageSuite, SIZES, stableScroll } from './stage.ts'

const { test, run } = pageSuite('the keyboard')

/** Waits until this post has the focus. */
function expectFocus(page: Page, id: string | undefined): Promise<void> {
  return eventually(async () => assert.equal(await page.evaluate(() => document.activeElement?.id), `post-${id}`))
}

test('j and k move the focus, Enter and o open, Esc closes', async (stage) => {
  const ids = await idsWhere(stage.db)
  const page = await stage.visit()
  for (const [key, id] of [
    ['j', ids[0]],
    ['j', ids[1]],
    ['j', ids[2]],
    ['k', ids[1]],
  ] as const) {
    await page.keyboard.press(key)
    await expectFocus(page, id)
  }
  for (const key of ['Enter', 'o']) {
    await page.keyboard.press(key)
    await page.waitForURL((url) => url.searchParams.get('post') === ids[1])
    await page.getByRole('complementary', { name: 'Post' }).locator('.facts').first().waitFor()
    await page.keyboard.press('Escape')
    await page.waitForURL((url) => !url.search.includes('post='))
    await expectFocus(page, ids[1])
  }
})

test('j continues past the last loaded post, and keeps the focused one visible', async (stage) => {
  const ids = await idsWhere(stage.db, 'true', 60)
  const page = await stage.visit('/', { viewport: SIZES.phone })
  await expectIds(page, ids.slice(0, 50))
  for (const id of ids.slice(0, 55)) {
    // At the last loaded post j waits for the next page, which is loading by then.
    await page.locator(`#post-${id}`).waitFor({ state: 'attached' })
    await page.keyboard.press('j')
    await expectFocus(page, id)
  }
  await stableScroll(page)
  const box = (await page.locator(`#post-${ids[54]}`).boundingBox())!
  assert.ok(box.y >= 55 && box.y + box.height <= SIZES.phone.height, JSON.stringify(box))
})

test('v opens the post on X', async (stage) => {
  const page = await stage.visit()
  await page.evaluate(() => {
    window.open = (...args) => {
      document.body.dataset.opened = args.join(' ')
      return null
    }
  })
  await page.keyboard.press('j')
  await page.keyboard.press('v')
  const [id] = await idsWhere(stage.db)
  await eventually(async () =>
    assert.equal(
      await page.locator('body').getAttribute('data-opened'),
      `https://x.com/lantern_lab/status/${id} _blank noreferrer`,
    ),
  )
})

test('/ focuses the search, g h shows all posts', async (stage) => {
  const page = await stage.visit('/?tier=teammate')
  await page.keyboard.press('/')
  await eventually(async () =>
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('type')), 'search'),
  )
  await page.keyboard.type('jkgh.?/')
  await eventually(async () => assert.equal(await page.getByLabel('Search posts').inputValue(), 'jkgh.?/'))
  await page.waitForURL((url) => url.searchParams.get('q') === 'jkgh.?/')
  await expectIds(page, [])
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('h')
  await page.waitForURL((url) => url.search === '')
  await expectIds(page, await idsWhere(stage.db))
})

test('? lists the shortcuts, which pause while a dialog is open', async (stage) => {
  const page = await stage.visit()
  await page.keyboard.press('?')
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await dialog.waitFor()
  await eventually(async () => assert.match((await dialog.textContent())!, /next, previous post.*show new posts/))
  await page.keyboard.press('j')
  assert.equal(await page.evaluate(() => document.activeElement?.closest('.post')), null)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
})

test('the documentation has the same list', async (stage) => {
  const page = await stage.visit()
  await page.keyboard.press('?')
  const rows = page.locator('.keys > div')
  await rows.first().waitFor()
  const listed = await rows.evaluateAll((all) =>
    all.map((row) => {
      const keys = [...row.querySelectorAll('kbd')].map((key) => `\`${key.textContent}\``)
      return `| ${keys.join(', ')} | ${row.querySelector('dd')!.textContent} |`
    }),
  )
  const document = readFileSync('docs/page.md', 'utf8')
  const [, table] = /## Keys\n\n(?:\|.*\n){2}((?:\|.*\n)+)/.exec(document)!
  assert.deepEqual(listed, table!.trim().split('\n'))
})

test('keys with Ctrl, Alt or Meta are left to the browser', async (stage) => {
  const page = await stage.visit()
  for (const key of ['Control+j', 'Alt+j', 'Meta+j']) await page.keyboard.press(key)
  assert.equal(await page.evaluate(() => document.activeElement?.closest('.post')), null)
})

run()

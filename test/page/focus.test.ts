import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { eventually, pageSuite, ready, SIZES } from './stage.ts'

const { test, run } = pageSuite('the focus')

const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement!
    return element.getAttribute('aria-label') ?? (element.id || element.textContent!.slice(0, 100))
  })

const expectFocus = (page: Page, name: string) => eventually(async () => assert.equal(await focused(page), name))

test('after a chip is removed it is on the next one, and after the last on the posts', async (stage) => {
  const page = await stage.visit('/?tier=teammate,other&significant=1')
  await page.getByRole('button', { name: 'Remove filter: Other' }).focus()
  await page.keyboard.press('Enter')
  await expectFocus(page, 'Remove filter: Significant')
  await page.keyboard.press('Enter')
  await expectFocus(page, 'Reset')
  await page.keyboard.press('Enter')
  await expectFocus(page, 'posts')
})

test('saving, renaming, moving and deleting a view keeps it with the view', async (stage) => {
  const page = await stage.visit('/?tier=teammate')
  const press = async (button: string) => {
    await page.getByRole('button', { name: button }).focus()
    await page.keyboard.press('Enter')
  }
  await press('Save this view')
  await expectFocus(page, 'Name of this view')
  await page.keyboard.press('Escape')
  await expectFocus(page, 'Save this view')
  await page.keyboard.press('Enter')
  await page.keyboard.type('One')
  await page.keyboard.press('Enter')
  await expectFocus(page, 'Rename')
  await page.goto(`${stage.url}/?tier=other`)
  await ready(page)
  await press('Save this view')
  await page.keyboard.type('Two')
  await page.keyboard.press('Enter')
  await expectFocus(page, 'Rename')
  await press('Move Two left')
  await expectFocus(page, 'Saved view')
  await press('Delete Two')
  await expectFocus(page, 'Saved view')
})

test('a button that disappears leaves it where it was', async (stage) => {
  const page = await stage.visit('/?q=unicorn')
  await page.getByRole('button', { name: 'Show all posts' }).focus()
  await page.keyboard.press('Enter')
  await expectFocus(page, 'posts')
})

test('the first Tab offers to skip to the posts', async (stage) => {
  const page = await stage.visit()
  await page.keyboard.press('Tab')
  await expectFocus(page, 'Skip to posts')
  const box = (await page.getByText('Skip to posts').boundingBox())!
  assert.ok(box.x >= 0 && box.y >= 0, JSON.stringify(box))
  await page.keyboard.press('Enter')
  await expectFocus(page, 'posts')
  await page.keyboard.press('Tab')
  assert.ok(await page.evaluate(() => document.activeElement!.closest('.post')))
})

test('on a phone a handle is shown whole or not at all, and a long name is cut', async (stage) => {
  await stage.db.query(
    `update posts set author_display = 'The Harbour Clock of Little Fernmouth' where author_handle = 'harbourclock'`,
  )
  const page = await stage.visit('/?handle=harbourclock,lantern_lab', { viewport: SIZES.phone })
  const shown = (author: string) =>
    page
      .locator('.post .author a', { hasText: author })
      .first()
      .evaluate((link) => {
        const [name, handle] = [...link.querySelectorAll('bdi')].map((part) => part.getBoundingClientRect())
        const { right, bottom } = link.getBoundingClientRect()
        return {
          name: name!.width,
          whole: handle!.right <= right && handle!.bottom <= bottom + 1,
          hidden: handle!.top >= bottom - 1,
        }
      })
  const short = await shown('@lantern_lab')
  assert.ok(short.whole && !short.hidden, JSON.stringify(short))
  const long = await shown('@harbourclock')
  assert.ok(long.hidden && long.name > 200, JSON.stringify(long))
  // By keyboard, the focus is visible there too.
  await page.locator('.post .author a', { hasText: '@harbourclock' }).first().focus()
  assert.ok((await page.locator('.post .author a:focus').boundingBox())!.width > 200)
})

run()

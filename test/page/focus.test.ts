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

test('on a phone a long name is cut after its handle', async (stage) => {
  await stage.db.query(
    `update posts set author_display = 'The Harbour Clock of Little Fernmouth' where author_handle = 'harbourclock'`,
  )
  const page = await stage.visit('/?handle=harbourclock', { viewport: SIZES.phone })
  const widths = await page.evaluate(() =>
    ['.name', '.handle'].map((part) => {
      const { scrollWidth, clientWidth } = document.querySelector(`.post ${part}`)!
      return { scrollWidth, clientWidth }
    }),
  )
  assert.ok(widths[1]!.clientWidth < 20, 'the handle is cut first')
  assert.ok(widths[0]!.clientWidth > 150, JSON.stringify(widths))
})

run()

import assert from 'node:assert/strict'
import { test } from 'uvu'
import { adjacentPosts, openAdjacent } from '../../web/src/adjacent-posts.ts'
import type { Api, FeedArguments, Post } from '../../web/src/api.ts'
import { ApiError } from '../../web/src/api-error.ts'
import { PAGE_SIZE } from '../../web/src/api-url.ts'
import { addViews, promoteView, removeView, saveView } from '../../web/src/edit-views.ts'
import { muteFilter } from '../../web/src/kept.ts'
import { checkForNew, showNew } from '../../web/src/new-posts.ts'
import type { Position } from '../../web/src/position.ts'
import { storeViews } from '../../web/src/saved-views.ts'
import { createState } from '../../web/src/state.ts'
import { safeStorage } from '../../web/src/storage.ts'

const NOW = Date.parse('2026-03-10T12:00:00Z')

const post = (n: number): Post =>
  ({ status_id: `${n}`, discovered_at: `2026-03-01T00:00:00.${`${n}`.padStart(6, '0')}Z`, cursor: `c${n}` }) as Post
const posts = (from: number, count: number) => Array.from({ length: count }, (_, i) => post(from - i))

/** An API whose requests the test answers. */
function fakeApi() {
  const asked: {
    args: FeedArguments
    answer: (posts: Post[]) => Promise<void>
    fail: (error: Error) => Promise<void>
    signal?: AbortSignal
  }[] = []
  const settled = () => new Promise<void>((resolve) => setTimeout(resolve))
  const feed = (args: FeedArguments, signal?: AbortSignal) =>
    new Promise<Post[]>((resolve, reject) => {
      asked.push({
        args,
        ...(signal && { signal }),
        answer: (found) => {
          resolve(found)
          return settled()
        },
        fail: (error) => {
          reject(error)
          return settled()
        },
      })
    })
  return { asked, api: { feed } as unknown as Api }
}

function fakeBrowser(search = '') {
  const kept = new Map<string, string>()
  const visited: string[] = []
  const browser = {
    location: { search },
    history: {
      state: {} as { inside?: boolean },
      pushState(state: object, _: string, url: string) {
        this.state = state
        visited.push(url)
        browser.location.search = url
      },
      replaceState(state: object, _: string, url: string) {
        this.state = state
        visited[visited.length - 1] = url
        browser.location.search = url
      },
      back() {},
    },
    storage: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    },
    now: () => NOW,
    anchor: () => undefined,
    position: undefined,
  }
  return { browser, visited, kept }
}

function start(search = '', position?: Position) {
  const { asked, api } = fakeApi()
  const { browser, visited, kept } = fakeBrowser(search)
  const state = createState(api, { ...browser, position })
  const shown = () => state.timeline.posts.value.map((one) => Number(one.status_id))
  return { state, asked, browser, visited, kept, shown }
}

test('the next page starts at the cursor of the last post, until a page is not full', async () => {
  const { state, asked, shown } = start('?since=7d')
  assert.equal(state.timeline.loading.value, 'first')
  await asked[0]!.answer(posts(100, PAGE_SIZE))
  assert.equal(state.timeline.ended.value, false)
  void state.timeline.more()
  void state.timeline.more()
  assert.equal(asked.length, 2, 'two requests at once')
  assert.deepEqual(asked[1]!.args, { ...state.timeline.query(), cursor: 'c51' })
  await asked[1]!.answer(posts(50, 3))
  assert.deepEqual(shown(), [...Array.from({ length: PAGE_SIZE }, (_, i) => 100 - i), 50, 49, 48])
  assert.equal(state.timeline.ended.value, true)
  void state.timeline.more()
  assert.equal(asked.length, 2)
})

test('the response to an outdated request is ignored', async () => {
  const { state, asked, shown } = start()
  state.filter({ tiers: ['teammate'] })
  assert.equal(asked[0]!.signal!.aborted, true)
  await asked[1]!.answer([post(2)])
  await asked[0]!.answer([post(1)])
  assert.deepEqual(shown(), [2])
  assert.equal(state.timeline.loading.value, undefined)
})

test('old posts stay while others load, and go if that fails', async () => {
  const { state, asked, shown } = start()
  await asked[0]!.answer([post(1)])
  state.filter({ q: 'x' })
  assert.deepEqual(shown(), [1])
  await asked[1]!.fail(new ApiError('broken', 'no'))
  assert.deepEqual(shown(), [])
  assert.equal(state.timeline.error.value?.message, 'no')
  void state.timeline.retry()
  await asked[2]!.answer([post(3)])
  assert.deepEqual(shown(), [3])
  assert.equal(state.timeline.error.value, undefined)
})

test('a failed request for more posts is retried where it stopped', async () => {
  const { state, asked, shown } = start()
  await asked[0]!.answer(posts(100, PAGE_SIZE))
  void state.timeline.more()
  await asked[1]!.fail(new ApiError('timeout', 'late'))
  assert.equal(shown().length, PAGE_SIZE)
  void state.timeline.retry()
  assert.deepEqual(asked[2]!.args, { ...state.timeline.query(), cursor: 'c51' })
})

test('offline, the posts loaded last are shown, for their own filters only', async () => {
  const first = start('?tier=other')
  await first.asked[0]!.answer([post(7)])
  const later = start('?tier=other')
  for (const [key, value] of first.kept) later.kept.set(key, value)
  await later.asked[0]!.fail(new ApiError('offline', 'gone'))
  assert.deepEqual(later.shown(), [7])
  assert.equal(later.state.timeline.cachedAt.value, NOW)
  later.state.reset()
  await later.asked[1]!.fail(new ApiError('offline', 'gone'))
  assert.deepEqual(later.shown(), [])
  assert.equal(later.state.timeline.lastPosts()?.key, '?tier=other')
})

test('a link that the API rejects does not fall back to stored posts', async () => {
  const { state, asked, kept, shown } = start('?since=x')
  kept.set('xmonitor.last', JSON.stringify({ key: '?since=x', at: 1, posts: [post(1)] }))
  await asked[0]!.fail(new ApiError('refused', 'since'))
  assert.deepEqual(shown(), [])
  assert.equal(state.timeline.cachedAt.value, undefined)
})

test('invalid stored data does no harm', async () => {
  const { state, asked, browser, kept, shown } = start()
  kept.set('xmonitor.last', '{"half')
  assert.equal(state.timeline.lastPosts(), undefined)
  await asked[0]!.answer([post(1)])
  assert.deepEqual(shown(), [1])
  for (const invalid of [
    '{"half',
    'null',
    '{}',
    '[null, 1, {"name": "a"}, {"name": "b", "key": "javascript:alert(1)"}]',
  ]) {
    kept.set('xmonitor.views', invalid)
    assert.deepEqual(storeViews(browser.storage).value.value, [], invalid)
  }
  kept.set('xmonitor.views', '[{"name": "c", "key": "//example.org"}, {"name": "d", "key": "?q=x"}]')
  assert.deepEqual(storeViews(browser.storage).value.value, [{ name: 'd', key: '?q=x' }])
})

test('without storage, or with a full one, values last until the page is left', () => {
  for (const broken of ['getItem', 'setItem', 'itself']) {
    const refuse = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    }
    const own = { getItem: () => null, setItem: refuse, removeItem: refuse, [broken]: refuse }
    Object.defineProperty(globalThis, 'localStorage', {
      get: broken === 'itself' ? refuse : () => own,
      configurable: true,
    })
    const storage = safeStorage('localStorage')
    assert.equal(storage.getItem('a'), null)
    storage.setItem('a', '1')
    assert.equal(storage.getItem('a'), '1')
    storage.removeItem('a')
    assert.equal(storage.getItem('a'), null)
  }
  delete (globalThis as { localStorage?: unknown }).localStorage
})

test('Back shows the posts that were loaded there, without a request', async () => {
  const { state, asked, browser, shown } = start()
  await asked[0]!.answer([post(1)])
  state.filter({ q: 'x' })
  await asked[1]!.answer([post(2)])
  browser.location.search = '?'
  state.handlePopState()
  assert.deepEqual(shown(), [1])
  assert.equal(asked.length, 2)
})

test('new posts wait until they are shown, and loaded ones are not new', async () => {
  const { state, asked, shown } = start()
  await asked[0]!.answer(posts(10, 3))
  const looking = checkForNew(state)
  assert.equal(asked[1]!.args.since, post(10).discovered_at)
  await asked[1]!.answer([post(12), post(11), post(10)])
  await looking
  assert.deepEqual(shown(), [10, 9, 8])
  assert.equal(state.timeline.newer.value.length, 2)
  await showNew(state)
  assert.deepEqual(shown(), [12, 11, 10, 9, 8])
  assert.equal(state.timeline.newer.value.length, 0)
})

test('a full page of new posts loads the feed again, which leaves no gap', async () => {
  const { state, asked, shown } = start()
  await asked[0]!.answer(posts(10, 3))
  const looking = checkForNew(state)
  await asked[1]!.answer(posts(200, PAGE_SIZE))
  await looking
  const revealing = showNew(state)
  assert.deepEqual(asked[2]!.args, asked[0]!.args)
  await asked[2]!.answer(posts(200, PAGE_SIZE))
  await revealing
  assert.deepEqual(
    shown(),
    posts(200, PAGE_SIZE).map((one) => Number(one.status_id)),
  )
})

test('new posts of other filters than the current ones are dropped', async () => {
  const { state, asked } = start()
  await asked[0]!.answer(posts(10, 3))
  const looking = checkForNew(state)
  state.filter({ q: 'x' })
  await asked[1]!.answer([post(12)])
  await asked[2]!.answer([])
  await looking
  assert.equal(state.timeline.newer.value.length, 0)
})

test('a range that ended in the past is not checked for new posts', async () => {
  const { state, asked } = start('?until=2026-03-01')
  await asked[0]!.answer(posts(10, 3))
  await checkForNew(state)
  assert.equal(asked.length, 1)
})

test('older and newer replace the open post, and load more at the end', async () => {
  const { state, asked, visited } = start()
  await asked[0]!.answer(posts(100, PAGE_SIZE))
  state.go({ post: '51' })
  assert.deepEqual(visited, ['?post=51'])
  assert.equal(adjacentPosts(state).newer?.status_id, '52')
  const opening = openAdjacent(state, 1)
  await asked[1]!.answer([post(50)])
  await opening
  assert.deepEqual(visited, ['?post=50'])
  await openAdjacent(state, 1)
  assert.deepEqual(visited, ['?post=50'])
})

test('older waits for a page that is already loading', async () => {
  const { state, asked, visited } = start()
  await asked[0]!.answer(posts(100, PAGE_SIZE))
  state.go({ post: '51' })
  void state.timeline.more()
  const opening = openAdjacent(state, 1)
  await asked[1]!.answer([post(50)])
  await opening
  assert.equal(asked.length, 2)
  assert.deepEqual(visited, ['?post=50'])
})

test('filters are one saved view, which can be renamed, moved and removed', () => {
  const { browser } = fakeBrowser()
  const state = { updateViews: storeViews(browser.storage).update }
  const names = () => storeViews(browser.storage).value.value.map(({ name, key }) => name + key)
  saveView(state, 'a', '?q=1')
  saveView(state, 'b', '?q=2')
  saveView(state, 'c', '?q=1')
  assert.deepEqual(names(), ['c?q=1', 'b?q=2'])
  promoteView(state, '?q=2')
  promoteView(state, '?q=2')
  assert.deepEqual(names(), ['b?q=2', 'c?q=1'])
  addViews(state, [
    { name: 'd', key: '?q=1' },
    { name: 'e', key: '?q=3' },
  ])
  removeView(state, '?q=2')
  assert.deepEqual(names(), ['c?q=1', 'e?q=3'])
})

test('a muted word hides whole words only, whatever signs it has', () => {
  const says = (body_text: string) => ({ author_handle: 'a', author_display: null, body_text }) as Post
  for (const [muted, hidden, shown] of [
    ['ai', ['AI!', 'an ai, too', 'ai'], ['rain', 'air', 'ai_x', '']],
    ['c++ (new)', ['C++ (new)', 'x c++ (new) y'], ['c (new)', 'c++']],
    ['größe', ['Welche GRößE?'], ['größer']],
    ['a & b', ['a &amp; b'], ['a b']],
    ['@a', ['anything'], []],
  ] as const) {
    const isMuted = muteFilter([muted], [])
    assert.deepEqual(
      [hidden.every((text) => isMuted(says(text))), shown.some((text) => isMuted(says(text)))],
      [true, false],
      muted,
    )
  }
  assert.equal(muteFilter(['@a'], ['a'])(says('anything')), false)
  assert.equal(muteFilter([], [])(says('anything')), false)
})

test('after a reload as many posts are loaded as there were, in requests of 200 at most', async () => {
  const anchor = { id: '4750', top: 12 }
  const { state, asked, shown } = start('?q=x', { key: '?q=x', count: 320, anchor })
  assert.equal(asked[0]!.args.limit, 200)
  await asked[0]!.answer(posts(5000, 200))
  assert.deepEqual([asked[1]!.args.limit, asked[1]!.args.cursor], [120, 'c4801'])
  await asked[1]!.answer(posts(4800, 120))
  assert.equal(shown().length, 320)
  assert.deepEqual(state.timeline.scrollTarget.value, { anchor })
  state.filter({ q: 'y' })
  assert.equal(asked[2]!.args.limit, PAGE_SIZE)
})

test('Back closes a dialog and keeps the filters that were chosen in it', async () => {
  const { state, browser, visited } = start('?tier=teammate')
  state.openDialog('filters')
  state.filter({ significant: true })
  assert.equal(state.dialog.value, 'filters')
  assert.equal(browser.location.search, '?tier=teammate&significant=1')
  browser.location.search = '?tier=teammate'
  state.handlePopState()
  assert.equal(state.dialog.value, undefined)
  assert.equal(state.filtersKey.value, '?tier=teammate&significant=1')
  assert.equal(visited.at(-1), '?tier=teammate&significant=1')
})

test.run()

/** What the page's state needs of a browser; tests pass their own. */
export type Browser = {
  location: Pick<Location, 'search'>
  history: Pick<History, 'pushState' | 'replaceState' | 'back' | 'state'>
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  now: () => number
  scrolled: () => number
}

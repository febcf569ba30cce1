import { batch, effect, signal } from '@preact/signals'
import { ATOM, TOKEN, takeAccess } from './access.ts'
import { LAST_POSTS } from './last-posts.ts'
import type { State } from './state.ts'
import { localStore } from './storage.ts'

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/

const read = () => ({ token: localStore.getItem(TOKEN) || undefined, atom: localStore.getItem(ATOM) || undefined })

/** What the reader signed in with, in every tab. */
export const access = signal(read())

/** Signs in with a link, or with a token alone; false if it is neither. */
export function signIn(text: string): boolean {
  const given = new URLSearchParams(text.includes('#') ? text.split('#')[1] : { token: text.trim() })
  const isToken = JWT.test(given.get('token')!)
  if (isToken) location.replace(`#${given}`)
  return isToken
}

/** Forgets the tokens, and the posts that were kept for a visit without a network. */
export function signOut(): void {
  for (const key of [TOKEN, ATOM, LAST_POSTS]) localStore.removeItem(key)
  access.value = read()
}

/** When a token ends, in milliseconds; undefined if it does not say. */
export function endOf(token: string): number | undefined {
  try {
    const { exp } = JSON.parse(atob(token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/')))
    return exp * 1000 || undefined
  } catch {
    return undefined
  }
}

/** Loads everything again when the reader signs in, and keeps nothing of it when their access ends, in this tab or another. */
export function followAccess({ timeline }: State, signedIn: () => void): void {
  let { token } = access.peek()
  effect(() => {
    const now = access.value.token
    if (now === token) return
    token = now
    if (!now) return location.reload()
    void timeline.load()
    signedIn()
  })
  effect(() => {
    if (timeline.error.value?.kind !== 'private') return
    batch(() => {
      timeline.pages.value = []
      timeline.newer.value = []
      timeline.cachedAt.value = undefined
    })
  })
  addEventListener('storage', ({ key }) => {
    if (key === TOKEN || key === null) access.value = read()
  })
  // A link that signs in, opened in a tab that shows the page already, or entered there.
  addEventListener('hashchange', () => {
    takeAccess()
    access.value = read()
  })
}

import { localStore } from './storage.ts'

/** Where the tokens of a private feed are kept: one for the page, and one for the addresses of Atom feeds. */
export const TOKEN = 'xmonitor.token'
export const ATOM = 'xmonitor.atom'

/** Keeps what a link that signs in has in its fragment (#token=...&atom=...), and takes it out of the address. */
export function takeAccess(): void {
  const given = new URLSearchParams(location.hash.slice(1))
  const token = given.get('token')
  if (!token) return
  localStore.setItem(TOKEN, token)
  localStore.setItem(ATOM, given.get('atom') ?? '')
  history.replaceState(history.state, '', location.pathname + location.search)
}

/** The headers of a request. */
export function accessHeaders(): Record<string, string> {
  const token = localStore.getItem(TOKEN)
  return token ? { Authorization: `Bearer ${encodeURI(token)}` } : {}
}

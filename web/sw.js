// The page without a network: its files, kept by the build's list. Posts are not its business: the page keeps those itself.
// What is asked anew comes from the network whenever there is one, so a reload shows the newest version.
const FILES = self.__FILES__
const CACHE = self.__VERSION__
const PATIENCE = 4000

self.addEventListener('install', (event) => {
  self.skipWaiting()
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOldVersions().then(() => self.clients.claim()))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const scope = new URL(self.registration.scope)
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return
  // Every address of the page is the same file; what is open is in the query.
  const file = request.mode === 'navigate' ? './' : `./${url.pathname.slice(scope.pathname.length)}`
  if (!FILES.includes(file)) return
  // A file under assets/ is named after its content: it never changes.
  event.respondWith(file.startsWith('./assets/') ? fromCache(file, request) : fromNetwork(file, request))
})

async function fromCache(file, request) {
  return (await caches.match(file)) ?? fetch(request)
}

async function fromNetwork(file, request) {
  const kept = await caches.match(file)
  if (!kept) return fetch(request)
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept))
  return Promise.race([fetch(request).catch(() => kept), late])
}

async function dropOldVersions() {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name)
}

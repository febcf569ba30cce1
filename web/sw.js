// Serves the page offline: caches the files the build lists. The page itself stores the posts.
// Files that can change come from the network whenever there is one, so that a reload shows the latest version.
const FILES = self.__FILES__
const CACHE = self.__VERSION__
const NETWORK_TIMEOUT = 4000

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
  // Every URL of the page is the same file; the query says what is open.
  const file = request.mode === 'navigate' ? './' : `./${url.pathname.slice(scope.pathname.length)}`
  if (!FILES.includes(file)) return
  // A file under assets/ has a hash of its content in its name: it never changes.
  event.respondWith(file.startsWith('./assets/') ? fromCache(file, request) : fromNetwork(file, request))
})

async function fromCache(file, request) {
  return (await caches.match(file)) ?? fetch(request)
}

async function fromNetwork(file, request) {
  const cached = await caches.match(file)
  if (!cached) return fetch(request)
  const timeout = new Promise((resolve) => setTimeout(resolve, NETWORK_TIMEOUT, cached))
  return Promise.race([fetch(request).catch(() => cached), timeout])
}

async function dropOldVersions() {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name)
}

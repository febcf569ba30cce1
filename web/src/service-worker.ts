// TypeScript does not know Trusted Types yet, and not every browser has them.
type TrustedTypes = { createPolicy(name: 'default', policy: { createScriptURL(): string }): void }

/**
 * Registers the one script whose address the page gives as text. The page's Content-Security-Policy lets no other text
 * become a script: this policy knows a single address. Without a service worker, the page works only online.
 */
export function registerServiceWorker(): void {
  const { trustedTypes } = window as { trustedTypes?: TrustedTypes }
  trustedTypes?.createPolicy('default', { createScriptURL: () => '/sw.js' })
  navigator.serviceWorker?.register('/sw.js').catch(() => {})
}

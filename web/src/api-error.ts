/** Why a request failed, as far as it matters to the reader. */
export class ApiError extends Error {
  constructor(
    readonly kind: 'offline' | 'timeout' | 'refused' | 'private' | 'missing' | 'broken',
    message: string,
  ) {
    super(message)
  }
}

export const timeoutError = () => new ApiError('timeout', 'The server took too long to answer.')

export const offlineError = () =>
  new ApiError('offline', navigator.onLine ? 'The server cannot be reached.' : 'You are offline.')

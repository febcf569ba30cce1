declare module 'compression' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  /** Compresses what is written to the response afterwards, where the client accepts it. */
  export default function compression(options: {
    threshold: number
  }): (request: IncomingMessage, response: ServerResponse, next: () => void) => void
}

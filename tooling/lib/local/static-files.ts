import type { IncomingMessage, ServerResponse } from 'node:http'
import sirv from 'sirv'

const FOREVER = 'public, max-age=31536000, immutable'

/** Serves the built page: its files, and the page itself for every other path without a dot, since views have addresses of their own. */
export function servePage(folder: string): (request: IncomingMessage, response: ServerResponse) => void {
  // `dev` looks for a file when it is asked for: a new build may replace the folder.
  const serve = sirv(folder, {
    dev: true,
    etag: true,
    single: true,
    setHeaders(response, path) {
      // The names under /assets/ hold a hash of their content.
      if (path.startsWith('/assets/')) response.setHeader('Cache-Control', FOREVER)
    },
  })
  return (request, response) => {
    if (!['GET', 'HEAD'].includes(request.method!)) {
      response.writeHead(405, { Allow: 'GET, HEAD', 'Content-Type': 'text/plain' }).end('Method Not Allowed\n')
      return
    }
    // A range of bytes could not be compressed on its way.
    delete request.headers.range
    serve(request, response, () => {
      response.writeHead(404, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-cache' }).end('Not Found\n')
    })
  }
}

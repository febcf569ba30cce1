import { createServer } from 'node:http'
import pg from 'pg'

// What one would write without PostgREST and an edge: Node's http and pg, the same SQL, its JSON passed on as it is.
// A process of its own, started by edge.ts; tells its port and ends with its parent.

const pool = new pg.Pool({ connectionString: process.argv[2]!, max: 10 })
const FEED = {
  name: 'feed',
  text: `select coalesce(json_agg(page), '[]')::text as page from (select * from api.feed() limit 50) as page`,
}

const server = createServer(async (_request, response) => {
  const { rows } = await pool.query(FEED)
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  // As the API's pre-request function says.
  response.setHeader('Cache-Control', 'public, max-age=15, stale-while-revalidate=60')
  response.end(rows[0].page)
})
server.listen(0, '127.0.0.1', () => process.send!((server.address() as { port: number }).port))
process.once('disconnect', () => process.exit())

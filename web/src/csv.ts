import { apiUrl, MAX_LIMIT } from './api-url.ts'
import { downloadFile } from './download-file.ts'
import { feedArguments } from './filters.ts'
import { send } from './send.ts'
import type { State } from './state.ts'

const MAX_ROWS = 10_000
const COLUMNS =
  'status_id,discovered_at,author_handle,author_display,watch_tier,body_text,url,is_significant,significance_reason,likes,reposts,replies,views,reported_at'

/** Downloads the posts of the filters, the newest 10,000 at most. Returns what there is to say about it. */
export async function downloadCsv({ api, filters, browser }: State): Promise<string> {
  const now = browser.now()
  const args = feedArguments(filters.peek(), now)
  // Posts that arrive meanwhile would shift the others.
  args.until ??= new Date(now).toISOString()
  let csv = ''
  let note = ''
  let cursor: string | undefined
  try {
    for (let count = 0; !note; count += MAX_LIMIT) {
      const part = { ...args, cursor, limit: MAX_LIMIT }
      const response = await send(apiUrl('rpc/feed', { ...part, select: COLUMNS }), undefined, { Accept: 'text/csv' })
      if (!response.ok) throw response
      const text = (await response.text()).trimEnd()
      // The first line of each part has the names of the columns.
      const rows = cursor ? text.replace(/.*/, '') : text
      if (count < MAX_ROWS) csv += rows
      else if (rows) note = 'The newest 10,000 posts.'
      // Not by offset: the texts of the posts before it would count as part of the answer.
      const last = (await api.feed({ ...part, select: 'cursor' }))[MAX_LIMIT - 1]
      if (!last) break
      cursor = last.cursor
    }
  } catch {
    return 'Download failed.'
  }
  downloadFile('xmonitor.csv', 'text/csv', withoutFormulas(csv))
  return note
}

/** Puts an apostrophe before texts that a spreadsheet would run as a formula: what a post says is anyone's. */
function withoutFormulas(csv: string): string {
  return csv.replace(/"(?:[^"]|"")*"|[^",\n]+/g, (cell) => cell.replace(/^"?(?=[=+@-])/, "$&'"))
}

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import { PROJECT } from '../../tooling/lib/project.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { change, type Ended, goodRows, run, temporaryFolder, writeSource } from './support.ts'

// Follows the runbook: runs its commands in its order, and compares what it prints below them with what they print.

/** The commands that need nothing but a source and a database. */
const RUN_HERE = ['snapshot', 'export', 'db:up', 'db:status', 'import', 'validate', 'rollback', 'purge']
const SOURCE = '~/.openclaw/workspace/memory/x_monitor.db'
/** A bash block, and the output right below it, if there is one. */
const BLOCKS = /^```bash\n([\s\S]*?)^```\n(?:\n```\n([\s\S]*?)^```\n)?/gm

const test = suite('runbook', {} as { db: Database })

test.before(async (context) => {
  context.db = await freshDatabase({ migrated: false })
})
test.after(({ db }) => db.drop())

test('every command prints what the runbook says', async ({ db }) => {
  const rows = goodRows(30)
  for (const row of rows.tweets!) Object.assign(row, { author_handle: 'someone', refresh_24h_at: row.discovered_at })
  rows.watch_accounts![0]!.handle = 'someone'
  const folder = temporaryFolder()
  const source = writeSource(join(folder, 'x_monitor.db'), rows)
  change(
    source,
    'create virtual table tweets_fts using fts5 (body_text); insert into tweets_fts select body_text from tweets',
  )

  const tried = new Set<string>()
  for (const [, script, output] of readFileSync(join(PROJECT, 'docs/runbook.md'), 'utf8').matchAll(BLOCKS)) {
    const ends: Ended[] = []
    for (const [, name, args = ''] of script!.matchAll(/npm run ([\w:]+)(?: -- ([^&\n]+))?/g)) {
      if (!RUN_HERE.includes(name!)) continue
      tried.add(name!)
      const words = [...args.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word.replace(SOURCE, source))
      const end = await run(name!.replace(':', '-'), words, { env: { DATABASE_URL: db.url }, cwd: folder })
      const unconfirmed = name === 'purge' && !words.includes('--yes')
      assert.equal(end.code, unconfirmed ? 2 : 0, `${name} ${words}: ${end.stderr}`)
      ends.push(end)
    }
    if (output && ends.length) compare(output, ends)
  }
  assert.deepEqual([...tried].sort(), RUN_HERE.toSorted())
})

test.run()

/** Each documented line is printed; if the block has one command, each line of its result is documented, too. */
function compare(output: string, ends: Ended[]): void {
  const documented = linesOf(output)
  const printed = ends.flatMap(({ stdout, stderr }) => linesOf(stderr + stdout))
  const abbreviated = documented.some((line) => line.startsWith('...'))
  for (const line of documented) if (!line.startsWith('...')) assert.ok(printed.includes(line), `not printed: ${line}`)
  if (ends.length === 1 && !abbreviated)
    for (const line of linesOf(ends[0]!.stdout)) assert.ok(documented.includes(line), `not in the runbook: ${line}`)
}

/** Without what depends on the rows: numbers (not those of columns), hashes, the tiers that occur. */
function linesOf(text: string): string[] {
  const lines = text.split('\n').filter(Boolean)
  return lines.map((line) =>
    line
      .replace(/\b[0-9a-f]{64}\b/, '#')
      .replace(/(rows per \w+: ).*/, '$1...')
      .replace(/(?<!\d)\d[\d,.]*(?![\d,.]| columns)/g, '#')
      .replace(/\brows?\b/g, 'rows'),
  )
}

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { suite } from 'uvu'
import { $ } from 'zx'
import { TIERS } from '../../tooling/lib/tiers.ts'
import { type Api, startApi } from '../support/api.ts'

// Each curl of docs/api.md is run, in order, and must return the response shown below it.
// UPDATE_DOCS=1 updates the document instead.

const FILE = join(resolve(import.meta.dirname, '../..'), 'docs/api.md')
const EXAMPLE = /```bash\n(curl [^`]*?)\n```\n\n```(json|xml|csv)\n([^`]*?)```/g

const docs = suite('docs/api.md', {} as { api: Api })
const text = readFileSync(FILE, 'utf8')

docs.before(async (context) => {
  context.api = await startApi()
})

docs.after(async ({ api }) => {
  await api?.stop()
})

docs('every curl returns the documented response', async ({ api }) => {
  let updated = text
  let examples = 0
  for (const [whole, command, kind, said] of text.matchAll(EXAMPLE)) {
    examples++
    const answer = await run(api, command!)
    if (process.env.UPDATE_DOCS)
      updated = updated.replace(
        whole,
        () =>
          `\`\`\`bash\n${command}\n\`\`\`\n\n\`\`\`${kind}\n${kind === 'json' ? pretty(JSON.parse(answer)) : answer.trimEnd()}\n\`\`\``,
      )
    else if (kind === 'json') assert.deepEqual(timeless(JSON.parse(answer)), timeless(JSON.parse(said!)), command)
    else assert.equal(answer.trimEnd(), said!.trimEnd(), command)
  }
  assert.equal(examples, text.match(/^curl /gm)!.length, 'a curl has no answer below it')
  assert.ok(examples > 15)
  if (process.env.UPDATE_DOCS) writeFileSync(FILE, updated)
})

docs('every view and function of schema api is in the document', async ({ api }) => {
  const rows = await api.db.query<{ path: string }>(`
    select '/' || relname as path from pg_class where relnamespace = 'api'::regnamespace and relkind = 'v'
    union all select '/rpc/' || proname from pg_proc where pronamespace = 'api'::regnamespace`)
  for (const { path } of rows) assert.match(text, new RegExp(`\`(GET |POST )?${path}[?\`]`), path)
})

docs('every filter of the feed and every tier is in the table of the arguments', async ({ api }) => {
  const [row] = await api.db.query<{ args: string[] }>(
    `select proargnames[:pronargs] as args from pg_proc where oid = 'api.feed'::regproc`,
  )
  for (const arg of row!.args) assert.match(text, new RegExp(`^\\| \`${arg}\` \\|`, 'm'), arg)
  const [tiers] = /^\| `tier` \|.*$/m.exec(text)!
  for (const tier of TIERS) assert.ok(tiers.includes(`\`${tier}\``), tier)
})

docs.run()

/** In a separate process, so that this process can serve it. */
async function run(api: Api, command: string): Promise<string> {
  const env = { ...process.env, API: api.target.api, TOKEN: api.target.token }
  const shell = $({ env, quiet: true, nothrow: true })
  const { stdout, stderr, exitCode } = await shell`bash -c ${command.replace(/^curl /, 'curl -sS ')}`
  assert.equal(exitCode, 0, stderr)
  return stdout
}

/** One element of a list to a line. */
function pretty(value: unknown): string {
  if (!Array.isArray(value)) return JSON.stringify(value, null, 2)
  return `[\n${value.map((each) => `  ${JSON.stringify(each, null, 1).replace(/\n\s*/g, ' ')}`).join(',\n')}\n]`
}

/** What the database sets to now() when a row is written. */
function timeless(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, each) => (['created_at', 'updated_at'].includes(key) ? 'now' : each)))
}

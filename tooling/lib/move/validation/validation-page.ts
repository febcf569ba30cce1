import { count, rowCount } from '../../output.ts'
import { notMovedLines } from '../source-schema.ts'
import { STYLE } from './page-style.ts'
import type { Check, Validation } from './validation.ts'

/** The validation as a single HTML file without links: to read, to print, and to keep with the source copy. */
export function validationPage(report: Validation): string {
  const { ok, snapshot, database, validated_at, sample, tool } = report
  const title = headline(report)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)} - XMonitor validation</title>
<style>${STYLE}</style>
</head>
<body>
<header class="${ok ? 'ok' : 'fail'}">
<h1>${mark(ok)} ${text(title)}</h1>
<dl>
<dt>Postgres</dt><dd>database ${text(database.name)} on ${text(database.host)}, port ${database.port} (${text(database.server)})</dd>
<dt>SQLite</dt><dd>${text(snapshot.source)}, copied ${time(snapshot.created_at)}</dd>
<dt>Compared</dt><dd>${time(validated_at)}</dd>
</dl>
</header>
${differences(report)}
${exceptions(report)}
${rejects(report)}
<h2>Tables</h2>
${table(
  ['Table', 'Read from SQLite', 'Rejected', 'Deleted', 'Expected', 'In Postgres', 'Differences'],
  Object.entries(report.tables).map(([name, { read, rejected, deleted, expected, found, differences }]) => [
    name,
    ...[read, rejected, deleted, expected, found, differences].map(number),
  ]),
)}
<h2>Checks</h2>
${checks(report.checks)}
<h2>${sample.posts.length} random posts, seed ${sample.seed}</h2>
${sample.posts
  .map(
    ({ status_id, equal, cells }) => `<section><h3>${mark(equal)} ${text(status_id)}</h3>
${table(
  ['Field', 'SQLite, as written', 'Postgres'],
  cells.map(({ field, sqlite, postgres }) => [field, value(sqlite), value(postgres)]),
)}</section>`,
  )
  .join('\n')}
<h2>Not compared</h2>
<p>Postgres fills these columns itself, so the source has nothing to compare them with:</p>
${list(Object.entries(report.not_compared).map(([name, columns]) => `${name}: ${columns.join(', ')}`))}
<footer>${text(`${tool.name} ${tool.version}`)}. Source copy: ${text(snapshot.file)}, SHA-256 ${text(snapshot.sha256)}.</footer>
</body>
</html>
`
}

/** The result in one sentence, with its exceptions. */
function headline(report: Validation): string {
  if (!report.ok) return 'Postgres and SQLite differ'
  const { rejected, deleted } = countMissing(report)
  const missing = rejected + deleted
  if (missing === 0) return 'Postgres holds what SQLite holds'
  const reasons = [...(rejected > 0 ? ['rejected'] : []), ...(deleted > 0 ? ['deleted on request'] : [])]
  return `All rows are in Postgres but ${count(missing)}, which ${missing === 1 ? 'was' : 'were'} ${reasons.join(' or ')}`
}

/** The rows that are not in Postgres for a reason. */
function countMissing({ rejects, tables }: Validation): { rejected: number; deleted: number } {
  return {
    rejected: rejects.reduce((sum, { rows }) => sum + rows, 0),
    deleted: Object.values(tables).reduce((sum, { deleted }) => sum + deleted, 0),
  }
}

function exceptions(report: Validation): string {
  const { not_moved, negative_zeros } = report
  const { rejected, deleted } = countMissing(report)
  const lines = [
    ...(deleted > 0 ? [`deleted on request: ${rowCount(deleted)}`] : []),
    ...(rejected > 0 ? [`rejected: ${rowCount(rejected)}, listed below by reason`] : []),
    ...(negative_zeros > 0 ? [`vectors with -0, stored as 0: ${count(negative_zeros)}`] : []),
    ...notMovedLines(not_moved).map((line) => `not moved: ${line}`),
  ]
  return lines.length === 0 ? '' : `<h2>Exceptions</h2>\n${list(lines)}`
}

function differences({ differences }: Validation): string {
  const rows = differences.map(({ table, key, kind, field, sqlite, postgres }) => [
    table,
    key,
    kind,
    field ?? '',
    kind === 'changed' ? value(sqlite) : cell('value', shorten(sqlite ?? '')),
    kind === 'changed' ? value(postgres) : '',
  ])
  const found =
    rows.length === 0 ? '<p>None.</p>' : table(['Table', 'Row', 'Kind', 'Field', 'SQLite', 'Postgres'], rows)
  return `<h2>Differences</h2>\n${found}`
}

function rejects({ rejects }: Validation): string {
  if (rejects.length === 0) return ''
  const rows = rejects.map(({ table, field, kind, rows, examples }) => [
    number(rows),
    table,
    field,
    kind,
    cell('value', examples.map(({ line, reason }) => `line ${line}: ${reason}`).join('\n')),
  ])
  return `<h2>Rejected rows</h2>\n${table(['Rows', 'Table', 'Field', 'Reason', 'Examples'], rows)}`
}

/** What failed comes first. */
function checks(all: Check[]): string {
  const rows = [...all.filter(({ ok }) => !ok), ...all.filter(({ ok }) => ok)]
  return table(
    ['', 'Check', 'Found'],
    rows.map(({ ok, title, detail }) => [{ html: mark(ok) }, title, detail]),
  )
}

/** A cell with markup; a string is text. */
type Cell = string | { html: string; className?: string }

const cell = (className: string, raw: string): Cell => ({ html: text(raw), className })
const number = (of: number): Cell => cell('number', count(of))

/** A colour and a word: either is enough. */
function mark(ok: boolean): string {
  return ok ? '<span class="mark ok">ok</span>' : '<span class="mark fail">FAIL</span>'
}

/** NULL differs from the text 'NULL', and an empty text is visible. */
function value(of: string | null | undefined): Cell {
  return cell('value', of === null || of === undefined ? 'NULL' : `'${shorten(of)}'`)
}

/** A cell is shown up to this length. */
const MAX_SHOWN = 2_000

function shorten(of: string): string {
  return of.length > MAX_SHOWN ? `${of.slice(0, MAX_SHOWN)}... (${count(of.length)} characters)` : of
}

function table(head: string[], rows: Cell[][]): string {
  const classes = rows[0]?.map((one) => (typeof one === 'object' ? one.className : undefined)) ?? []
  const heads = head.map((title, index) => tag('th', { html: text(title), className: classes[index] ?? '' }))
  const body = rows.map((row) => `<tr>${row.map((one) => tag('td', one)).join('')}</tr>`)
  return `<div class="wide"><table>\n<thead><tr>${heads.join('')}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table></div>`
}

function tag(name: 'td' | 'th', content: Cell): string {
  if (typeof content === 'string') return `<${name}>${text(content)}</${name}>`
  return `<${name}${content.className ? ` class="${content.className}"` : ''}>${content.html}</${name}>`
}

function list(lines: string[]): string {
  return `<ul>\n${lines.map((line) => `<li>${text(line)}</li>`).join('\n')}\n</ul>`
}

/** To the second, in UTC. */
function time(iso: string): string {
  return text(`${iso.slice(0, 19).replace('T', ' ')} UTC`)
}

function text(raw: string): string {
  return raw.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

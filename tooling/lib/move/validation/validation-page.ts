import { count } from '../../output.ts'
import { notMovedLines } from '../source-schema.ts'
import type { Validation } from './validation.ts'

/** The validation as a single HTML file without links: to read, to print, and to keep with the source copy. */
export function validationPage(report: Validation): string {
  const { ok, snapshot, database, validated_at, checks, differences, sample, tool } = report
  const verdict = ok ? 'Postgres holds what SQLite holds' : 'Postgres and SQLite differ'
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(verdict)} - XMonitor validation</title>
<style>${STYLE}</style>
</head>
<body>
<header class="${ok ? 'ok' : 'bad'}">
<h1>${text(verdict)}</h1>
<p>${text(database.name)} on ${text(database.server)}, compared ${text(validated_at)} with the source copy of ${text(snapshot.created_at)}.</p>
</header>
<h2>Tables</h2>
${table(
  ['Table', 'Read from SQLite', 'Rejected', 'Expected', 'In Postgres', 'Differences'],
  Object.entries(report.tables).map(([name, { read, rejected, expected, found, differences }]) => [
    name,
    ...[read, rejected, expected, found, differences].map(count),
  ]),
)}
<h2>Checks</h2>
${table(
  ['', 'Check', 'Found'],
  checks.map(({ ok, title, detail }) => [ok ? 'ok' : 'FAIL', title, detail]),
)}
<h2>Differences</h2>
${
  differences.length === 0
    ? '<p>None.</p>'
    : table(
        ['Table', 'Row', 'Kind', 'Field', 'SQLite', 'Postgres'],
        differences.map(({ table, key, kind, field, sqlite, postgres }) => [
          table,
          key,
          kind,
          field ?? '',
          kind === 'changed' ? value(sqlite) : (sqlite ?? ''),
          kind === 'changed' ? value(postgres) : '',
        ]),
      )
}
<h2>${sample.posts.length} random posts, seed ${sample.seed}</h2>
${sample.posts
  .map(
    ({ status_id, equal, cells }) =>
      `<h3>${text(status_id)}: ${equal ? 'equal' : 'DIFFERENT'}</h3>
${table(
  ['Field', 'SQLite, as written', 'Postgres'],
  cells.map(({ field, sqlite, postgres }) => [field, value(sqlite), value(postgres)]),
)}`,
  )
  .join('\n')}
<h2>Not moved</h2>
<ul>${notMovedLines(report.not_moved)
    .map((line) => `<li>${text(line)}</li>`)
    .join('\n')}</ul>
<h2>Not compared</h2>
<p>Filled by Postgres itself, so the source has nothing to compare them with: ${text(
    Object.entries(report.not_compared)
      .map(([name, columns]) => columns.map((column) => `${name}.${column}`).join(', '))
      .join(', '),
  )}.</p>
<footer>${text(`${tool.name} ${tool.version}`)}. Source copy ${text(snapshot.file)}, SHA-256 ${text(snapshot.sha256)}, taken from ${text(snapshot.source)}.</footer>
</body>
</html>
`
}

/** A cell is shown up to this length. */
const MAX_SHOWN = 2_000

/** NULL differs from the text 'NULL', and an empty text is visible. */
function value(of: string | null | undefined): string {
  if (of === null || of === undefined) return 'NULL'
  return of.length > MAX_SHOWN ? `'${of.slice(0, MAX_SHOWN)}' ... (${count(of.length)} characters)` : `'${of}'`
}

function table(head: string[], rows: string[][]): string {
  const line = (tag: string, cells: string[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${text(cell)}</${tag}>`).join('')}</tr>`
  return `<div class="wide"><table>\n<thead>${line('th', head)}</thead>\n<tbody>\n${rows.map((row) => line('td', row)).join('\n')}\n</tbody>\n</table></div>`
}

function text(raw: string): string {
  return raw.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 0 auto; padding: 1.5rem; }
header { border-left: 0.4rem solid; padding-left: 1rem; }
header.ok { border-color: #2e7d4f; } header.bad { border-color: #c0392b; }
h1 { margin: 0; } h2 { margin-top: 2.5rem; } h3 { margin-bottom: 0.25rem; font-size: 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 1rem 0.3rem 0; border-bottom: 1px solid #8884; }
td { white-space: pre-wrap; overflow-wrap: anywhere; min-width: 4rem; }
footer { margin-top: 3rem; font-size: 0.85rem; opacity: 0.75; overflow-wrap: anywhere; }
@media print { body { max-width: none; padding: 0; } }
`

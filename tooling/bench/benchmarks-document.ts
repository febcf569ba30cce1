import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { margin, type Row, reached } from './figures.ts'

/** One section of the bench as it was measured. */
export type Section = {
  title: string
  /** How it was measured, in Markdown: what a reader must know to judge the figures. */
  about: string
  /** Where and when: 'Node 24.1.0 on 2 cores, 2026-03-01'. */
  where: string
  rows: Row[]
}

const HEAD = `# Benchmarks

Written by \`npm run bench\`, from \`benchmarks.json\` beside this page. What counts are the ratios, each within one run in which
both sides took turns; the times are those of one machine. The plots show how far each ratio is within its reach: 1 just
reaches it, longer is better.
`

/** Puts the sections in the place of their earlier results in docs/benchmarks.json, and writes the page and its plots anew. */
export function keep(docs: string, measured: Record<string, Section>, order: readonly string[]): void {
  const file = join(docs, 'benchmarks.json')
  const known: Record<string, Section> = {
    ...(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}),
    ...measured,
  }
  const results = Object.fromEntries(order.filter((name) => known[name]).map((name) => [name, known[name]!]))
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`)

  mkdirSync(join(docs, 'img'), { recursive: true })
  const parts = Object.entries(results).map(([name, { title, about, where, rows }]) => {
    const picture = plot(title, rows)
    if (picture) writeFileSync(join(docs, `img/bench-${name}.svg`), picture)
    const shown = picture ? `![How far each ratio is within its reach](img/bench-${name}.svg)\n\n` : ''
    return `## ${title}\n\nMeasured with ${where}.\n\n${shown}${table(rows)}\n\n${about}\n`
  })
  writeFileSync(join(docs, 'benchmarks.md'), [HEAD, ...parts].join('\n'))
}

/** The rows as a Markdown table. */
export function table(rows: Row[]): string {
  const verdict = (row: Row) => ({ true: 'yes', false: 'no', undefined: '' })[`${reached(row)}` as const]
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  return [
    line(['what', 'measured', 'ratio', 'reach', 'reached']),
    line(['---', '---:', '---:', '---', '---']),
    ...rows.map((row) => line([row.what, row.value, row.ratio?.toFixed(2) ?? '', row.reach ?? '', verdict(row)])),
  ].join('\n')
}

const BAR = { height: 18, gap: 6, label: 440, width: 320, most: 4 }

/** The margins of the rows that have something to reach, as bars from 0 to 4 with a line at 1; undefined when none has. */
function plot(title: string, rows: Row[]): string | undefined {
  const bars = rows.flatMap((row) => {
    const size = margin(row)
    return size === undefined ? [] : [{ ...row, size }]
  })
  if (bars.length === 0) return undefined
  const height = 40 + bars.length * (BAR.height + BAR.gap)
  const x = (size: number) => BAR.label + (Math.min(size, BAR.most) / BAR.most) * BAR.width
  const body = bars.map(({ what, size, ratio, reach }, index) => {
    const y = 34 + index * (BAR.height + BAR.gap)
    return `<text x="${BAR.label - 8}" y="${y + 13}" text-anchor="end">${escaped(shortened(what))}</text>
<rect x="${BAR.label}" y="${y}" width="${(x(size) - BAR.label).toFixed(1)}" height="${BAR.height}" fill="${size >= 1 ? '#0f6b7a' : '#b3541e'}"/>
<text x="${(x(Math.max(size, 1)) + 6).toFixed(1)}" y="${y + 13}">${ratio!.toFixed(2)} (${escaped(reach!)})</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="${escaped(title)}">
<rect width="860" height="${height}" fill="#fff"/>
<text x="8" y="18" font-weight="600">${escaped(title)}: how far within its reach, 1 = the dashed line</text>
${body.join('\n')}
<line x1="${x(1)}" y1="28" x2="${x(1)}" y2="${height - 6}" stroke="#222" stroke-dasharray="3 3"/>
</svg>
`
}

function shortened(text: string): string {
  return text.length > 68 ? `${text.slice(0, 67)}…` : text
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

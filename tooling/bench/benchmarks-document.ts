import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { plotGrowth, plotMargins } from './benchmark-plots.ts'
import { type Row, reached } from './figures.ts'

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
    const points = rows.flatMap(({ point }) => point ?? [])
    const picture = points.length > 0 ? plotGrowth(title, points) : plotMargins(title, rows)
    if (picture) writeFileSync(join(docs, `img/bench-${name}.svg`), picture)
    const described = points.length > 0 ? 'Time by number of posts' : 'How far each ratio is within its reach'
    const shown = picture ? `![${described}](img/bench-${name}.svg)\n\n` : ''
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

import type { Row } from './edge.ts'

/** Whether the ratio is within its reach ('<= 1.3', '>= 0.8, ...'); undefined where there is nothing to reach. */
function reached({ ratio, reach }: Row): boolean | undefined {
  const [, sign, bound] = reach?.match(/^([<>])= ([\d.]+)/) ?? []
  if (ratio === undefined || !bound) return undefined
  return sign === '<' ? ratio <= Number(bound) : ratio >= Number(bound)
}

/** The rows as a Markdown table. */
export function table(rows: Row[]): string {
  const verdict = (row: Row) => ({ true: 'yes', false: 'no', undefined: '' })[String(reached(row)) as 'true']
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  return [
    line(['what', 'measured', 'ratio', 'reach', 'reached']),
    line(['---', '---:', '---:', '---', '---']),
    ...rows.map((row) => line([row.what, row.value, row.ratio?.toFixed(2) ?? '', row.reach ?? '', verdict(row)])),
  ].join('\n')
}

const BAR = { height: 18, gap: 8, label: 420, width: 360, most: 2 }

/** The ratios that have something to reach as bars, 1 = the bound: how much of what is allowed was used, or how much of what is asked was met. */
export function plot(title: string, rows: Row[]): string {
  const bars = rows.flatMap((row) => {
    const bound = Number(row.reach?.match(/[\d.]+/)?.[0])
    return row.ratio === undefined || !bound ? [] : [{ what: row.what, share: row.ratio / bound, ok: reached(row) }]
  })
  const height = 40 + bars.length * (BAR.height + BAR.gap)
  const x = (share: number) => BAR.label + (Math.min(share, BAR.most) / BAR.most) * BAR.width
  const body = bars.map(({ what, share, ok }, index) => {
    const y = 34 + index * (BAR.height + BAR.gap)
    return `<text x="${BAR.label - 8}" y="${y + 13}" text-anchor="end">${escaped(what.slice(0, 62))}</text>
<rect x="${BAR.label}" y="${y}" width="${(x(share) - BAR.label).toFixed(1)}" height="${BAR.height}" fill="${ok ? '#0f6b7a' : '#b3541e'}"/>
<text x="${(x(share) + 6).toFixed(1)}" y="${y + 13}">${share.toFixed(2)}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 840 ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="${escaped(title)}">
<rect width="840" height="${height}" fill="#fff"/>
<text x="8" y="18" font-weight="600">${escaped(title)}: ratio / bound, the line is the bound</text>
${body.join('\n')}
<line x1="${x(1)}" y1="28" x2="${x(1)}" y2="${height - 6}" stroke="#333" stroke-dasharray="3 3"/>
</svg>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

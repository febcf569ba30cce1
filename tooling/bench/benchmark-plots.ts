import { margin, type Point, type Row } from './figures.ts'

const WIDTH = 860
const BAR = { height: 18, gap: 6, label: 440, width: 320, most: 4 }

/** The margins of the rows that have something to reach, as bars from 0 to 4 with a line at 1; undefined when none has. */
export function plotMargins(title: string, rows: Row[]): string | undefined {
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
  return svg(`${title}: how far within its reach, 1 = the dashed line`, height, [
    ...body,
    `<line x1="${x(1)}" y1="28" x2="${x(1)}" y2="${height - 6}" stroke="#222" stroke-dasharray="3 3"/>`,
  ])
}

const CHART = { left: 60, right: 600, top: 40, bottom: 400, least: 1 / 8, most: 64 }
const COLORS = [
  '#0f6b7a',
  '#b3541e',
  '#5b3a8c',
  '#2f7d32',
  '#a02050',
  '#8a6d00',
  '#1f4fa3',
  '#555555',
  '#c2417a',
  '#00838f',
]

/** One line per curve, both axes logarithmic: flat is a time that does not depend on the number of posts. */
export function plotGrowth(title: string, points: Point[]): string {
  const names = [...new Set(points.map(({ name }) => name))]
  const sizes = [...new Set(points.map(({ posts }) => posts))].sort((a, b) => a - b)
  const [from, to] = [Math.log(sizes[0]!), Math.log(sizes.at(-1)!)]
  const x = (posts: number) => CHART.left + ((Math.log(posts) - from) / (to - from)) * (CHART.right - CHART.left)
  const y = (ratio: number) => {
    const share = Math.log(Math.min(Math.max(ratio, CHART.least), CHART.most) / CHART.least)
    return CHART.bottom - (share / Math.log(CHART.most / CHART.least)) * (CHART.bottom - CHART.top)
  }
  const grid: string[] = []
  for (let ratio = CHART.least; ratio <= CHART.most; ratio *= 2)
    grid.push(`<line x1="${CHART.left}" x2="${CHART.right}" y1="${y(ratio).toFixed(1)}" y2="${y(ratio).toFixed(1)}" stroke="${ratio === 1 ? '#222' : '#ddd'}"/>
<text x="${CHART.left - 8}" y="${(y(ratio) + 4).toFixed(1)}" text-anchor="end">${ratio >= 1 ? ratio : `1/${1 / ratio}`}</text>`)
  for (const posts of sizes)
    grid.push(
      `<text x="${x(posts).toFixed(1)}" y="${CHART.bottom + 20}" text-anchor="middle">${posts.toLocaleString('en-US')}</text>`,
    )
  const lines = names.map((name, index) => {
    const curve = points.filter((point) => point.name === name)
    const color = COLORS[index % COLORS.length]!
    const path = curve.map(({ posts, ratio }) => `${x(posts).toFixed(1)},${y(ratio).toFixed(1)}`).join(' ')
    const label = CHART.top + 10 + index * 22
    return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"/>
<rect x="${CHART.right + 20}" y="${label - 9}" width="14" height="4" fill="${color}"/>
<text x="${CHART.right + 42}" y="${label - 2}">${escaped(shortened(name))}</text>`
  })
  return svg(`${title}: time against that of the smallest, by number of posts`, CHART.bottom + 32, [...grid, ...lines])
}

function svg(title: string, height: number, body: string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="${escaped(title)}">
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
<text x="8" y="18" font-weight="600">${escaped(title)}</text>
${body.join('\n')}
</svg>
`
}

function shortened(text: string): string {
  return text.length > 68 ? `${text.slice(0, 67)}…` : text
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

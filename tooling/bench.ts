import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { benchApi } from './bench/api.ts'
import { benchEdge, type Row } from './bench/edge.ts'
import { benchMove } from './bench/move.ts'
import { benchPage } from './bench/page.ts'
import { plot, table } from './bench/report.ts'
import { World } from './bench/world.ts'
import { command, wholeNumber } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { print, progress } from './lib/output.ts'

const DOCS = resolve(import.meta.dirname, '../docs')
/** The size of the figures that the documents show. */
const FULL = 100_000
const RESULTS = join(DOCS, 'benchmarks.json')

/** What each section measures, for the page of the results. */
const SECTIONS = {
  move: 'The move',
  api: 'The API',
  edge: 'The edge',
  page: 'The page',
} as const

type Section = keyof typeof SECTIONS
type Results = Partial<Record<Section, { posts?: number; rows: Row[] }>>

await command({
  name: 'bench',
  about: 'Measures the product against its yardsticks, as ratios within one run, and writes docs/benchmarks.md.',
  options: {
    section: { about: `one of ${Object.keys(SECTIONS).join(', ')}; without it, all`, value: 'NAME' },
    posts: {
      about: 'posts of the move (ten times as many for its memory and for the API)',
      value: 'N',
      default: String(FULL),
    },
  },
  async run({ section, posts }) {
    if (section !== undefined && !(section in SECTIONS))
      throw new Failure(`--section is '${section}'.`, `Give one of ${Object.keys(SECTIONS).join(', ')}.`, 2)
    const size = wholeNumber('posts', posts, 1_000, 1_000_000)
    const wanted = (section ? [section] : Object.keys(SECTIONS)) as Section[]
    const world = new World()
    const results: Results = {}
    try {
      for (const name of wanted) {
        progress(`Measuring: ${name}`)
        results[name] = await measure(name, world, size)
        progress(`Measured: ${name}`)
      }
    } finally {
      await world.end()
    }
    if (size === FULL) write(results)
    else progress(`Not written to docs/: that takes ${FULL} posts.`)
    return results
  },
  show(results: Results) {
    for (const { rows } of Object.values(results)) print(`${table(rows)}\n`)
  },
})

async function measure(name: Section, world: World, posts: number) {
  if (name === 'move') return { posts, rows: await benchMove(world, { posts }) }
  if (name === 'api') return { posts: 10 * posts, rows: await benchApi(world, { posts: 10 * posts }) }
  return { rows: await (name === 'edge' ? benchEdge() : benchPage()) }
}

/** A section that was not measured keeps its earlier result. */
function write(measured: Results): void {
  let earlier: Results = {}
  try {
    earlier = JSON.parse(readFileSync(RESULTS, 'utf8'))
  } catch {
    // The first run.
  }
  const results = { ...earlier, ...measured }
  mkdirSync(join(DOCS, 'img'), { recursive: true })
  writeFileSync(RESULTS, `${JSON.stringify(results, undefined, 2)}\n`)
  const parts = (Object.keys(SECTIONS) as Section[]).flatMap((name) => {
    const result = results[name]
    if (!result) return []
    const picture = `img/bench-${name}.svg`
    writeFileSync(join(DOCS, picture), plot(SECTIONS[name], result.rows))
    const size = result.posts ? ` (${result.posts.toLocaleString('en-US')} posts)` : ''
    return [`## ${SECTIONS[name]}${size}`, '', `![${SECTIONS[name]}](${picture})`, '', table(result.rows), '']
  })
  const about = [
    '# Benchmarks',
    '',
    'Written by `npm run bench`. All figures of a section are of one run, on a machine that others use too: the ratios count,',
    `not the times. The last run had ${availableParallelism()} cores and Node ${process.version.slice(1)}. What each is held against is said in`,
    'its line; how it is measured stands in `tooling/bench/`.',
    '',
    'Raw COPY gets one thing that plain COPY does not do: it analyzes posts after copying them. Without that, autovacuum may',
    'note the table as empty while the transaction runs, and each foreign key check then reads all of it (seen: 4 minutes',
    'instead of 5 seconds). The import avoids that trap by itself.',
    '',
  ]
  writeFileSync(join(DOCS, 'benchmarks.md'), [...about, ...parts].join('\n'))
}

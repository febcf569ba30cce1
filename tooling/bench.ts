import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { ABOUT_API, benchApi } from './bench/bench-api.ts'
import { benchEdge } from './bench/bench-edge.ts'
import { ABOUT_FOLLOW, benchFollow } from './bench/bench-follow.ts'
import { ABOUT_GROWTH, benchGrowth } from './bench/bench-growth.ts'
import { ABOUT_MOVE, benchMove } from './bench/bench-move.ts'
import { benchPage } from './bench/bench-page.ts'
import { ABOUT_SIMILAR, benchSimilar } from './bench/bench-similar.ts'
import { ABOUT_START, benchStart } from './bench/bench-start.ts'
import { keep, type Section, table } from './bench/benchmarks-document.ts'
import type { Row } from './bench/figures.ts'
import { World } from './bench/world.ts'
import { command, wholeNumber } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { count, print, progress } from './lib/output.ts'

const DOCS = resolve(import.meta.dirname, '../docs')
/** The size of the figures that the documents show. */
const FULL = 100_000

type Measure = { title: string; about: string; rows: (world: World) => Promise<Row[]> }

/** What each section measures, with this many posts in the move. */
function sectionsOf(posts: number, largest: number): Record<string, Measure> {
  return {
    move: {
      title: `The move of ${count(posts)} posts`,
      about: ABOUT_MOVE,
      rows: (world) => benchMove(world, { posts }),
    },
    api: {
      title: `The API with ${count(10 * posts)} posts`,
      about: ABOUT_API,
      rows: (world) => benchApi(world, { posts: 10 * posts }),
    },
    similar: {
      title: `Similar posts, ${count(posts)} and ${count(10 * posts)} of them`,
      about: ABOUT_SIMILAR,
      rows: (world) => benchSimilar(world, { posts }),
    },
    follow: {
      title: `Following a file of ${count(10 * posts)} posts`,
      about: ABOUT_FOLLOW,
      rows: (world) => benchFollow(world, { posts: 10 * posts }),
    },
    edge: {
      title: 'The edge',
      about: 'nginx with the cache of `compose.yaml`, and one Node process that does the same with `http` and `pg`.',
      rows: () => benchEdge(),
    },
    page: {
      title: 'The page',
      about: 'In a headless Chromium, against a page of nothing but Vite and Preact.',
      rows: benchPage,
    },
    growth: {
      title: `Growth, up to ${count(largest)} posts`,
      about: ABOUT_GROWTH,
      rows: (world) => benchGrowth(world, [posts / 10, posts, 10 * posts, largest]),
    },
    start: { title: 'npm start', about: ABOUT_START, rows: benchStart },
  }
}

const NAMES = Object.keys(sectionsOf(FULL, 10 * FULL))

await command({
  name: 'bench',
  about: 'Measures the product against its yardsticks, as ratios within one run, and writes docs/benchmarks.md.',
  options: {
    section: { about: `one of ${NAMES.join(', ')}; without it, all`, value: 'NAME' },
    posts: {
      about: 'posts of the move (ten times as many for its memory and for the API)',
      value: 'N',
      default: String(FULL),
    },
    largest: { about: 'posts of the largest file of the section growth; by default ten times --posts', value: 'N' },
  },
  example: '--section move',
  async run({ section, posts, largest }) {
    if (section !== undefined && !NAMES.includes(section))
      throw new Failure(`Invalid --section '${section}'.`, `Give one of ${NAMES.join(', ')}.`, 2)
    const size = wholeNumber('posts', posts, 1_000, 1_000_000)
    const most = largest === undefined ? 10 * size : wholeNumber('largest', largest, 10 * size, 10_000_000)
    const measured: Record<string, Section> = {}
    const world = new World()
    // Up to 10 GB of files are not left behind by who stops it.
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => void world.end().finally(() => process.exit(1)))
    try {
      for (const name of section ? [section] : NAMES) {
        const result = await measure(name, sectionsOf(size, most)[name]!, world, section !== undefined)
        if (!result) continue
        measured[name] = result
        // At once: hours of measuring are not lost when a later section fails.
        if (size === FULL) keep(DOCS, measured, NAMES)
      }
    } finally {
      await world.end()
    }
    if (size !== FULL) progress(`Not written to docs/: that takes ${count(FULL)} posts.`)
    return measured
  },
  show(measured) {
    for (const { title, rows } of Object.values(measured)) print(`${title}\n\n${table(rows)}\n`)
  },
})

/** A section that cannot be measured here (no nginx, no Chromium) is left out with its reason, unless it was asked for. */
async function measure(name: string, { title, about, rows }: Measure, world: World, asked: boolean) {
  progress(`Measuring: ${name}`)
  try {
    const section: Section = { title, about, where: where(), rows: await rows(world) }
    progress(`Measured: ${name}`)
    return section
  } catch (error) {
    if (asked || !(error instanceof Failure)) throw error
    progress(`Left out: ${name}. ${error.message}`)
    return undefined
  }
}

function where(): string {
  const day = new Date().toISOString().slice(0, 10)
  return `Node ${process.version.slice(1)} on ${availableParallelism()} cores, ${day}`
}

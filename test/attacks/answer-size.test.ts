import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { type Api, ENGINES, startApi } from '../support/api.ts'

// Behind the edge no value can be had twice, so an answer is never larger than its rows, whatever `select` names.

/** In the fixture, once in a post and once in its report. */
const POST = 'Rain over the harbour'
const REPORT = 'Rain'

// The ways in which a column can be written, for PostgREST or for something that reads a little differently.
const COLUMN = (name: string): string[] => [
  name,
  `a:${name}`,
  `b:${name}`,
  `c: ${name}`,
  ` d :${name}`,
  `${name}::text`,
  `e:${name}::text`,
  `"${name}"`,
  `f:"${name}"`,
  `"g":${name}`,
  `"${name.slice(0, 2)}\\${name.slice(2)}"`,
  `h:${name}->>x`,
  `${name}!inner`,
  `"i,j":${name}`,
  `"k(":${name}`,
  `"l:m":${name}`,
  `n\u00a0:${name}`,
  `ö:${name}`,
  '*',
]
const VIEWS = ['reports', 'posts', 'post_metrics_snapshots']

for (const kind of ENGINES) {
  const test = suite(`answer size, ${kind}`, {} as { api: Api })

  test.before(async (context) => {
    context.api = await startApi(kind)
  })
  test.after(({ api }) => api?.stop())

  test('no column comes twice, in whatever way it is written', async ({ api }) => {
    const random = generator(16)
    let answered = 0
    for (let round = 0; round < 400; round++) {
      const view = ['posts', 'reports', 'feed', 'rpc/feed'][round % 4]!
      const select = randomSelect(random, view === 'reports' ? 'summary' : 'body_text')
      const target = `${api.target.api}/${view}?select=${encode(select, random)}`
      const response = await fetch(target)
      const text = await response.text()
      if (!response.ok) {
        assert.equal(response.status, 400, `${target}: ${text}`)
        continue
      }
      answered++
      const values = JSON.stringify(JSON.parse(text)).match(/"(?:[^"\\]|\\.)*"(?!:)/g) ?? []
      for (const value of [POST, REPORT])
        assert.ok(values.filter((each) => each === `"${value}"`).length <= 1, `${target}: ${text}`)
    }
    assert.ok(answered > 20, `${answered} were answered`)
  })

  test.run()
}

function randomSelect(random: (below: number) => number, column: string): string {
  const pick = (list: string[]) => list[random(list.length)]!
  const parts = Array.from({ length: 1 + random(3) }, () => pick(COLUMN(column)))
  if (random(2)) parts.push(`${pick(['', '...', 'o:'])}${pick(VIEWS)}${pick(['', '!inner'])}(${inner(random, pick)})`)
  return parts.join(',')
}

function inner(random: (below: number) => number, pick: (list: string[]) => string): string {
  const parts = [pick(COLUMN(pick(['summary', 'body_text']))), pick(COLUMN(pick(['summary', 'status_id'])))]
  if (random(2)) parts.push(`${pick(VIEWS)}(${pick(COLUMN('body_text'))})`)
  return parts.join(',')
}

/** Percent-encoded as it need not be, sometimes with bytes that no text has. */
function encode(select: string, random: (below: number) => number): string {
  const encoded = select.replace(/./gsu, (character) =>
    random(4) && /[\w:,()*]/.test(character)
      ? character
      : Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  )
  return random(4) ? encoded : `${encoded},%22${['%zz', '%ff', '%c0%80'][random(3)]}%22:status_id`
}

/** The same numbers in each run. */
function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * below)
  }
}

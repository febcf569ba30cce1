import {
  FIRST_NAMES,
  FOREIGN_TEMPLATES,
  LAST_NAMES,
  PROJECT_BACK,
  PROJECT_FRONT,
  REASONS,
  TEMPLATES,
  WORDS,
} from './invent-words.ts'
import type { Random } from './random.ts'

export type Author = {
  handle: string
  display: string | null
  tier: 'teammate' | 'influencer' | 'ecosystem' | null
  note?: string
  /** How many people usually see a post of theirs. */
  reach: number
}

/** A post before the monitor has seen it: who wrote what, and when the monitor finds it. */
export type Draft = { at: number; author: Author; text: string | null; significance?: string }

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** Invented authors, the most widely read first; every other one of the first 80 is on the watchlist. */
export function inventAuthors(count: number, random: Random): Author[] {
  const firsts = FIRST_NAMES.split('|')
  const lasts = LAST_NAMES.split('|')
  const taken = new Set<string>()
  const tiers = ['influencer', 'ecosystem', 'teammate'] as const
  return Array.from({ length: count }, (_, rank) => {
    const first = random.pick(firsts)
    const last = random.pick(lasts)
    let handle = random.pick([`${first}${last}`, `${first}_${last}`.toLowerCase(), `${last}${first[0]}`]).slice(0, 15)
    for (let n = rank; taken.has(handle.toLowerCase()); n++) handle = `${handle.slice(0, 9)}${n}`
    taken.add(handle.toLowerCase())
    const watched = rank < 80 && rank % 2 === 0
    return {
      handle,
      display: random.chance(0.03) ? null : `${first} ${last}${random.chance(0.1) ? ' 🌿' : ''}`,
      tier: watched ? tiers[(rank / 2) % 3]! : null,
      reach: Math.round((200_000 / (rank + 2)) * (0.3 + random.next()) + 40),
    }
  })
}

/** Invented posts in the order of their discovery, more by day than by night, the last one shortly before `until`. */
export function* inventPosts(
  count: number,
  { authors, days, until, random }: { authors: Author[]; days: number; until: number; random: Random },
): Generator<Draft> {
  const start = until - days * DAY
  for (let i = 0; i < count; i++) {
    const even = ((i + random.next()) / count) * days
    // Fewer posts at night: the sine shifts them within their day, too little to change their order.
    const at = start + (even + Math.sin(even * 2 * Math.PI) / 8) * DAY
    const author = random.pickEarly(authors)
    const significant = random.chance(author.tier ? 0.3 : 0.08)
    const text = random.chance(0.003) ? (random.chance(0.5) ? '' : null) : inventText(random)
    yield { at: Math.floor(at), author, text, ...(significant && { significance: random.pickEarly(REASONS) }) }
  }
}

type Part = (random: Random) => string

const parts = new Map<string, Part>(
  Object.entries(WORDS).map(([slot, words]) => {
    const list: string[] = words.split('|')
    return [slot, (random) => random.pickEarly(list)]
  }),
)
const fronts = PROJECT_FRONT.split('|')
const backs = PROJECT_BACK.split('|')
const firstNames = FIRST_NAMES.split('|')
const lastNames = LAST_NAMES.split('|')
parts.set('project', (random) => random.pickEarly(fronts) + random.pickEarly(backs))
parts.set('handle', (random) => `@${random.pickEarly(firstNames)}_${random.pickEarly(lastNames)}`)
parts.set('number', (random) => String(random.below(10 ** random.between(1, 4)) + 2))
parts.set('hpa', (random) => String(random.between(978, 1041)))
parts.set('version', (random) => `v${random.below(4)}.${random.below(20)}.${random.below(9)}`)
parts.set(
  'serial',
  (random) =>
    `FL-${random
      .below(36 ** 5)
      .toString(36)
      .toUpperCase()
      .padStart(5, '0')}`,
)
parts.set('url', (random) => `${parts.get('site')!(random)}/${random.below(1e6).toString(36)}`)

const cut = (template: string) => template.split(/\{(\w+)\}/).map((piece, i) => (i % 2 ? parts.get(piece)! : piece))
const templates = TEMPLATES.map(cut)
const foreign = FOREIGN_TEMPLATES.map(cut)

function inventText(random: Random): string {
  let text = fill(random.pick(random.chance(0.1) ? foreign : templates), random)
  if (random.chance(0.3)) text += `\n\n${fill(random.pick(templates), random)}`
  return random.chance(0.000_02) ? `${text} quillwort` : text
}

function fill(template: (string | Part)[], random: Random): string {
  let text = ''
  for (const piece of template) text += typeof piece === 'string' ? piece : piece(random)
  return text
}

import { random } from './random.ts'

/** Every number of a vector is one of so many, written in advance: with a million posts, writing them is what costs. */
const STEPS = 4096
const NUMBERS = Array.from({ length: STEPS + 1 }, (_, step) =>
  step === STEPS / 2 ? '0.0' : String(Number((step / (STEPS / 2) - 1).toFixed(6))),
)

/**
 * A text as a JSON array of so many numbers from -1 to 1, in the notation of Python's json.dumps. Texts that share words
 * have similar vectors, as with a language model: each word adds a direction of its own, longer words a longer one.
 */
export function writeVector(text: string, dims: number): string {
  const sum = new Float64Array(dims)
  for (const word of wordsOf(text)) {
    const { next } = random(hash(word))
    const weight = Math.sqrt(word.length + 1)
    for (let index = 0; index < dims; index++) sum[index]! += next() < 0.5 ? weight : -weight
  }
  const length = Math.hypot(...sum)
  // Most numbers of a vector of this length are within 4 / sqrt(dims).
  const scale = (STEPS / 2) * (Math.sqrt(dims) / 4)
  const step = (number: number) => Math.round(Math.min(STEPS, Math.max(0, STEPS / 2 + (number / length) * scale)))
  return `[${Array.from(sum, (number) => NUMBERS[step(number)]).join(', ')}]`
}

/** The distinct words, without their endings; the whole text if it has none. */
function wordsOf(text: string): Iterable<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu)
  return new Set(words ? words.map((word) => word.slice(0, 6)) : [text])
}

/** FNV-1a. */
function hash(word: string): number {
  let sum = 0x811c9dc5
  for (let index = 0; index < word.length; index++) sum = Math.imul(sum ^ word.charCodeAt(index), 0x01000193)
  return sum
}

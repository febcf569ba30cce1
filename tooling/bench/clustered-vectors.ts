import { type Random, random } from '../lib/samples/random.ts'

export const DIMS = 1024
export const CLUSTER = 200
/** The spread of a vector around the centre of its cluster, as a share of the spread of the centres. */
export const NOISE = 0.9

/** Vectors that lie in clusters, as embeddings do: the vectors of one cluster, always the same. */
export function clusterOf(number: number): Float64Array[] {
  const numbers = random(number + 1)
  const centre = Float64Array.from({ length: DIMS }, () => normal(numbers))
  // Of length 1 on average, with as many digits as a model writes.
  const scale = 1 / Math.sqrt(DIMS * (1 + NOISE ** 2))
  return Array.from({ length: CLUSTER }, () =>
    centre.map((number) => Number(((number + NOISE * normal(numbers)) * scale).toFixed(8))),
  )
}

export function cosine(one: Float64Array, other: Float64Array): number {
  let [dot, square, otherSquare] = [0, 0, 0]
  for (let index = 0; index < one.length; index++) {
    const [a, b] = [one[index]!, other[index]!]
    dot += a * b
    square += a * a
    otherSquare += b * b
  }
  return dot / Math.sqrt(square * otherSquare)
}

function normal({ next }: Random): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
}

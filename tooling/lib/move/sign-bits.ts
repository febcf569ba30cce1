import { type Rule, readVector } from './values.ts'

/** Above and below, the square of a number is beyond double precision, in which similarity is computed. */
const [MIN_EXPONENT, MAX_EXPONENT] = [-100, 99]

/**
 * One bit per number of a vector that passed the rule: 0 for a negative number, 1 for any other. Null where no cosine can
 * be computed: there are no numbers, all are zero, or one is beyond the magnitudes above. The same as
 * db/functions/*_sign_bits.sql, which is too slow for a whole import.
 */
export const signBits: Rule = (vector) => {
  const json = vector as string
  const numbers = readVector(json)!
  let [bits, hasNonZero] = ['', false]
  let tokens: string[] | undefined
  for (let index = 0; index < numbers.length; index++) {
    let sign = numbers[index]!
    const magnitude = Math.abs(sign)
    // A double may round such a number to zero, or across the limit; its digits are exact.
    if (!(magnitude > 1e-99 && magnitude < 1e99)) {
      tokens ??= json.replace(/[[\]\s]/g, '').split(',')
      const exact = readToken(tokens[index]!)
      if (exact.exponent < MIN_EXPONENT || exact.exponent > MAX_EXPONENT) return null
      sign = exact.sign
    }
    bits += sign < 0 ? '0' : '1'
    hasNonZero ||= sign !== 0
  }
  return hasNonZero ? bits : null
}

/** The sign of a JSON number, and the power of ten of its first digit that is not 0. */
function readToken(token: string): { sign: number; exponent: number } {
  const [, minus, whole, fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e(.+))?$/i.exec(token)!
  const digits = whole! + fraction
  const first = digits.search(/[1-9]/)
  if (first < 0) return { sign: 0, exponent: 0 }
  return { sign: minus ? -1 : 1, exponent: whole!.length - 1 - first + Number(power) }
}

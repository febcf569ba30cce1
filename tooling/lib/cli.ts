import { type ParseArgsConfig, parseArgs } from 'node:util'
import { loadEnvironment } from './environment.ts'
import { Failure } from './errors.ts'
import { print } from './output.ts'

/** One option of a command. With `value` it takes one (shown in the help), without it is a switch. */
type Option = { about: string; value?: string; default?: string; required?: boolean }

type Options = Record<string, Option>

/** What a command is given: the text of each option with a value, true or false for each switch. */
type Given<O extends Options> = {
  [K in keyof O]: O[K] extends { value: string }
    ? O[K] extends { default: string } | { required: true }
      ? string
      : string | undefined
    : boolean
}

/** What --help shows of a command. */
type Usage<O extends Options> = {
  /** As it is called: `npm run NAME`. */
  name: string
  /** One sentence for --help. */
  about: string
  /** Words of which one must come first, each with what it does: `npm run NAME -- WORD`. */
  actions?: Record<string, string>
  options: O
}

type Command<O extends Options, R extends object> = Usage<O> & {
  /** Does the work; what it returns is printed as JSON under --json. */
  run: (given: Given<O>, action: string) => Promise<R>
  /** Prints the result for a person, to stdout. */
  show?: (result: R) => void
}

type Common = { json: boolean; help: boolean; action: string }

const COMMON = {
  json: { about: 'print the result as JSON on stdout' },
  help: { about: 'show this help' },
} satisfies Options

const UNEXPECTED = 'That is a fault of this command: report it, with what it wrote to stderr.'

/** The one edge of every command: reads the flags, runs it, prints the result or the error, sets the exit code. */
export async function command<const O extends Options, R extends object>(spec: Command<O, R>): Promise<void> {
  let json = process.argv.includes('--json')
  try {
    const given = read(spec)
    if (given.help) return print(help(spec))
    json = given.json
    loadEnvironment()
    const result = await spec.run(given, given.action)
    if (json) print(JSON.stringify(result, undefined, 2))
    else spec.show?.(result)
  } catch (error) {
    const known = error instanceof Failure
    process.exitCode = known ? error.exitCode : 1
    const { fact, next } = known ? error : new Failure(`unexpected: ${(error as Error).message}`, UNEXPECTED)
    if (json) print(JSON.stringify({ error: fact, next }, undefined, 2))
    process.stderr.write(known ? `error: ${error.message}\n` : `error: unexpected: ${(error as Error).stack}\n`)
  }
}

/** A whole number within its bounds, or a Failure that names the flag. */
export function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least && number <= most) return number
  throw new Failure(`--${flag} is '${text}'.`, `Give a whole number from ${least} to ${most}.`, 2)
}

function read<O extends Options>(spec: Usage<O>): Given<O> & Common {
  const all: Options = { ...spec.options, ...COMMON }
  const options: NonNullable<ParseArgsConfig['options']> = {}
  for (const [name, option] of Object.entries(all)) options[name] = { type: option.value ? 'string' : 'boolean' }

  let values: Record<string, unknown>
  let action: string | undefined
  try {
    const parsed = parseArgs({ options, allowPositionals: Boolean(spec.actions) })
    values = parsed.values
    action = parsed.positionals.join(' ')
  } catch (error) {
    // Node's message goes on with hints of its own behind the first sentence.
    const fact = (error as Error).message.split(/\. |\.?\n/)[0]
    throw new Failure(`${fact}.`, `See npm run ${spec.name} -- --help`, 2)
  }
  for (const [name, option] of Object.entries(all)) {
    values[name] ??= option.value ? option.default : false
    // A variable of the shell that is not set gives an empty value: never the folder one stands in.
    const wrong = values[name] === '' ? 'empty' : option.required && values[name] === undefined && 'missing'
    if (wrong && !values.help)
      throw new Failure(`--${name} is ${wrong}.`, `Give it: npm run ${spec.name} -- --${name} ${option.value}`, 2)
  }
  if (spec.actions && !values.help && !Object.hasOwn(spec.actions, action)) {
    const next = `Give one: npm run ${spec.name} -- ${Object.keys(spec.actions).join('|')}`
    throw new Failure(action ? `There is no ${spec.name} ${action}.` : 'What to do is missing.', next, 2)
  }
  return { ...values, action } as Given<O> & Common
}

function help<O extends Options>({ name, about, actions = {}, options }: Usage<O>): string {
  const words = Object.keys(actions).join('|')
  const rows = Object.entries<Option>({ ...options, ...COMMON }).map(([flag, option]) => [
    `  --${flag}${option.value ? ` ${option.value}` : ''}`,
    `${option.about}${option.default ? ` (default: ${option.default})` : ''}${option.required ? ' (required)' : ''}`,
  ])
  rows.unshift(...Object.entries(actions).map(([word, does]) => [`  ${word}`, does]))
  const width = Math.max(...rows.map(([left]) => left!.length)) + 2
  const lines = rows.map(([left, right]) => left!.padEnd(width) + right)
  return [`${about}`, '', `Usage: npm run ${name} -- ${words && `${words} `}[options]`, '', ...lines].join('\n')
}

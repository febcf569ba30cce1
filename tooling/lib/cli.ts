import { type ParseArgsConfig, parseArgs } from 'node:util'
import { loadEnvironment } from './environment.ts'
import { Failure } from './errors.ts'
import { reportInterrupts } from './interrupt.ts'
import { print, progress } from './output.ts'

/** An option of a command: takes a value if `value` names one (shown in the help), else a switch. */
type Option = { about: string; value?: string; default?: string; required?: boolean }

type Options = Record<string, Option>

/** The parsed options: text for each that takes a value, true or false for each switch. */
type Values<O extends Options> = {
  [K in keyof O]: O[K] extends { value: string }
    ? O[K] extends { default: string } | { required: true }
      ? string
      : string | undefined
    : boolean
}

/** What --help shows of a command. */
type Usage<O extends Options> = {
  /** Run as `npm run NAME`. */
  name: string
  /** One sentence for --help. */
  about: string
  /** Subcommands, each with its description; one is required: `npm run NAME -- ACTION`. */
  actions?: Record<string, string>
  options: O
  /** Arguments that make a good example. */
  example?: string
  /** Whether it works on the database of DATABASE_URL. */
  usesDatabase?: boolean
}

type Command<O extends Options, R extends object> = Usage<O> & {
  /** Does the work. The result is printed as JSON under --json; without one, it has printed what there is to tell. */
  run: (values: Values<O> & { json: boolean }, action: string) => Promise<R | undefined>
  /** Prints the result for people, to stdout. */
  show?: (result: R) => void
}

type Common = { json: boolean; help: boolean; action: string }

const COMMON = {
  json: { about: 'print the result as JSON on stdout' },
  help: { about: 'show this help' },
} satisfies Options

const DATABASE = "Database: DATABASE_URL, or libpq's PGHOST, PGDATABASE, ...; set in the environment or in .env"

const UNEXPECTED = 'This is a bug. Please report it with the output on stderr.'

/** The entry point of every command: parses the flags, runs it, prints the result or the error and sets the exit code. */
export async function command<const O extends Options, R extends object>(spec: Command<O, R>): Promise<void> {
  let json = process.argv.includes('--json')
  const ignoreInterrupts = reportInterrupts({ json })
  try {
    const values = parse(spec)
    if (values.help) return print(help(spec))
    json = values.json
    loadEnvironment()
    const result = await spec.run(values, values.action)
    if (result === undefined) return
    if (json) print(JSON.stringify(result, undefined, 2))
    else spec.show?.(result)
  } catch (error) {
    const known = error instanceof Failure
    process.exitCode = known ? error.exitCode : 1
    const { fact, next } = known ? error : new Failure(`unexpected: ${(error as Error).message}`, UNEXPECTED)
    if (json) print(JSON.stringify({ error: fact, next }, undefined, 2))
    progress(known ? `error: ${error.message}` : `error: unexpected: ${(error as Error).stack}`)
  } finally {
    ignoreInterrupts()
  }
}

/** Parses a whole number within bounds; throws a Failure that names the flag. */
export function wholeNumber(flag: string, text: string, min: number, max: number): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= min && number <= max) return number
  throw new Failure(`Invalid --${flag} '${text}'.`, `Give a whole number from ${min} to ${max}.`, 2)
}

function parse<O extends Options>(spec: Usage<O>): Values<O> & Common {
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
    const { message } = error as Error
    // Also where the next word begins with a dash: then Node cannot tell whether it is the value.
    const unset = /^Option '--([^ ']+).*' argument (missing|is ambiguous)/.exec(message)?.[1]
    if (unset)
      throw new Failure(
        `--${unset} has no value.`,
        `Give it: npm run ${spec.name} -- --${unset}=${all[unset]!.value}`,
        2,
      )
    // Node's message continues with hints of its own after the first sentence.
    const fact = message.split(/\. |\.?\n/)[0]
    throw new Failure(`${fact}.`, `See npm run ${spec.name} -- --help`, 2)
  }
  for (const [name, option] of Object.entries(all)) {
    values[name] ??= option.value ? option.default : false
    // An unset shell variable gives an empty value, which must not mean the current folder.
    const problem = values[name] === '' ? 'empty' : option.required && values[name] === undefined && 'required'
    if (problem && !values.help)
      throw new Failure(`--${name} is ${problem}.`, `Give it: npm run ${spec.name} -- --${name} ${option.value}`, 2)
  }
  if (spec.actions && !values.help && !Object.hasOwn(spec.actions, action)) {
    const next = `Give one: npm run ${spec.name} -- ${Object.keys(spec.actions).join('|')}`
    throw new Failure(action ? `Unknown action '${action}'.` : 'No action given.', next, 2)
  }
  return { ...values, action } as Values<O> & Common
}

function help<O extends Options>({ name, about, actions = {}, options, example, usesDatabase }: Usage<O>): string {
  const words = Object.keys(actions).join('|')
  const rows = Object.entries<Option>({ ...options, ...COMMON }).map(([flag, option]) => [
    `  --${flag}${option.value ? ` ${option.value}` : ''}`,
    `${option.about}${option.default ? ` (default: ${option.default})` : ''}${option.required ? ' (required)' : ''}`,
  ])
  rows.unshift(...Object.entries(actions).map(([word, does]) => [`  ${word}`, does]))
  const width = Math.max(...rows.map(([left]) => left!.length)) + 2
  const lines = rows.map(([left, right]) => left!.padEnd(width) + right)
  const usage = `Usage: npm run ${name} -- ${words && `${words} `}[options]`
  const invocation = `Example: npm run ${name}${example ? ` -- ${example}` : ''}`
  return [about, '', usage, '', ...lines, '', ...(usesDatabase ? [DATABASE] : []), invocation].join('\n')
}

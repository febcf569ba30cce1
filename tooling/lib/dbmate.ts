import { resolve } from 'node:path'
import { resolveBinary } from 'dbmate'
import { $ } from 'zx'
import { Failure } from './errors.ts'

const PROJECT = resolve(import.meta.dirname, '../..')

/** The folders dbmate orders together, as in .env.example. */
export const FOLDERS = ['db/migrations', 'db/functions', 'db/views']

/** What to do next, by what dbmate (or the server, through it) complained about. */
const NEXT_STEPS: [complaint: RegExp, next: string][] = [
  [
    /connection refused|no such host|i\/o timeout|network is unreachable/,
    'Start that server, or correct DATABASE_URL.',
  ],
  [
    /password authentication failed|no password supplied|role .* does not exist/,
    'Correct the user and password in DATABASE_URL.',
  ],
  [/SSL is not enabled on the server/, 'Add ?sslmode=disable to DATABASE_URL.'],
  [
    /permission denied|must be owner|must be superuser/,
    'Connect as the owner of the database, who may also create roles.',
  ],
  [/being accessed by other users/, 'Stop what is connected to it (the API, a psql), then try again.'],
  [
    /unsupported driver|invalid url|unable to parse/,
    'DATABASE_URL looks like postgres://user:password@host:5432/database.',
  ],
]

/** Runs dbmate on a database with this project's folders (or those of another release); gives what it printed. */
export async function dbmate(args: string[], url: string, project = PROJECT): Promise<string> {
  const env = {
    ...process.env,
    DATABASE_URL: withSslMode(url),
    // Relative to the project, so that a comma in its path does not divide the list.
    DBMATE_MIGRATIONS_DIR: FOLDERS.join(','),
    DBMATE_NO_DUMP_SCHEMA: 'true',
  }
  const { exitCode, stdout, stderr } = await $({
    cwd: project,
    env,
    quiet: true,
    nothrow: true,
  })`${resolveBinary()} ${args}`
  if (exitCode === 0) return stdout
  throw translated(stdout, stderr)
}

/** dbmate asks for TLS unless told otherwise, pg does not: the same address must work for both. */
function withSslMode(url: string): string {
  if (!URL.canParse(url) || new URL(url).searchParams.has('sslmode') || process.env.PGSSLMODE) return url
  const changed = new URL(url)
  changed.searchParams.set('sslmode', 'disable')
  return changed.href
}

function translated(stdout: string, stderr: string): Failure {
  const complaint = stderr.replace(/^Error: (pq: )?/, '').trim() || 'dbmate ended without a word'
  // The last it began with; it prints 'Applied' even for the one that failed.
  const file = [...stdout.matchAll(/^(?:Applying|Rolling back): (\S+)$/gm)].at(-1)?.[1]
  const fact = file ? `dbmate stopped at ${file}: ${complaint}` : `dbmate: ${complaint}`
  const [, next] = NEXT_STEPS.find(([pattern]) => pattern.test(complaint)) ?? []
  return new Failure(
    fact,
    next ??
      (file ? 'Nothing of that file was applied; mend it and run npm run db:up again.' : 'See npx dbmate --help.'),
  )
}

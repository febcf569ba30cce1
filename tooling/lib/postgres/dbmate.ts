import { resolveBinary } from 'dbmate'
import { $ } from 'zx'
import { Failure } from '../errors.ts'
import { PROJECT } from '../project.ts'

/** The folders dbmate orders together, as in .env.example. */
export const FOLDERS = ['db/migrations', 'db/functions', 'db/views']

/** What to do next, by what dbmate (or the server, through it) complained about. */
const NEXT_STEPS: [complaint: RegExp, next: string][] = [
  [
    /connection refused|no such host|i\/o timeout|network is unreachable|no route to host/,
    'Start that server, or correct DATABASE_URL.',
  ],
  [
    /password authentication failed|no password supplied|role .* does not exist/,
    'Correct the user and password in DATABASE_URL.',
  ],
  [/x509/, 'Name the file of the authority that signed the certificate: sslrootcert=FILE in DATABASE_URL.'],
  [/SSL is not enabled on the server/, 'Add ?sslmode=disable to DATABASE_URL.'],
  [
    /permission denied|must be owner|must be superuser/,
    'Connect as the owner of the database, who may also create roles.',
  ],
  [/database .* does not exist/, 'Create it and its tables: npm run db:up'],
  [/already exists/, 'The database holds something of that name already: give XMonitor a database of its own.'],
  [/read-only transaction/, 'Connect to the writer, not to a replica.'],
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
    DATABASE_URL: forDbmate(url),
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

/** The same address must work for dbmate and for pg. */
function forDbmate(url: string): string {
  if (!URL.canParse(url)) return url
  const changed = new URL(url)
  // dbmate asks for TLS unless told otherwise, pg does not.
  if (!changed.searchParams.has('sslmode') && !process.env.PGSSLMODE) changed.searchParams.set('sslmode', 'disable')
  // It joins an IPv6 address and the port without the brackets; here it takes the address as it is.
  const [, address] = /^\[(.+)\]$/.exec(changed.hostname) ?? []
  if (address) {
    changed.hostname = 'localhost'
    changed.searchParams.set('host', address)
  }
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

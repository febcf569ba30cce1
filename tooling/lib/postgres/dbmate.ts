import { execFile } from 'node:child_process'
import { devNull } from 'node:os'
import { promisify } from 'node:util'
import { resolveBinary } from 'dbmate'
import { Failure } from '../errors.ts'
import { PROJECT } from '../project.ts'
import { type Address, dbmateUrl, parseAddress } from './address.ts'

/** The folders that dbmate reads, as in .env.example. */
export const FOLDERS = ['db/migrations', 'db/functions', 'db/views']

/** What to do about what dbmate (or the server, through it) complains about. */
const NEXT_STEPS: [complaint: RegExp, next: string][] = [
  [
    /permission denied to grant role|must have admin option on role/,
    'The role exists, created by another user. As that user or a superuser, run: grant web_anon, web_closed, reader, ingest to authenticator; grant web_anon to reader',
  ],
  [
    /permission denied|must be owner|must be superuser/,
    'Connect as the owner of the database, with the privilege to create roles.',
  ],
  [/database .* does not exist/, 'Create it with its tables: npm run db:up'],
  [/already exists/, 'The database already has something of that name: use one of its own for XMonitor.'],
  [/read-only transaction/, 'Connect to the primary, not to a replica.'],
  [/bad connection|EOF|broken pipe|connection reset/, "See the server's log, then run npm run db:up again."],
  [
    /connection refused|no such host|i\/o timeout|network is unreachable|no route to host/,
    'Start Postgres, or correct DATABASE_URL.',
  ],
  [
    /password authentication failed|no password supplied|role .* does not exist/,
    'Correct the user or the password in DATABASE_URL.',
  ],
  [/x509/, 'Add the certificate of the authority that signed it to DATABASE_URL: sslrootcert=FILE'],
  [/SSL is not enabled on the server/, 'Set sslmode=disable in DATABASE_URL if you trust the network.'],
]

type Options = {
  /** The folder with db/: this project, or another release. */
  project?: string
  /** The server's settings for dbmate's session. */
  settings?: Record<string, string>
}

/** Runs dbmate on a database and returns its output. */
export async function dbmate(args: string[], database: string | Address, options: Options = {}): Promise<string> {
  const { project = PROJECT, settings } = options
  const address = typeof database === 'string' ? await parseAddress(database) : database
  // Nothing else of the environment, and no .env: lib/pq would read variables that pg does not.
  const env = {
    DATABASE_URL: dbmateUrl(address, settings),
    // Relative to the project: a comma in its path would separate two folders.
    DBMATE_MIGRATIONS_DIR: FOLDERS.join(','),
    DBMATE_MIGRATIONS_TABLE: 'public.schema_migrations',
    DBMATE_NO_DUMP_SCHEMA: 'true',
  }
  try {
    const { stdout } = await promisify(execFile)(resolveBinary(), ['--env-file', devNull, ...args], {
      cwd: project,
      env,
    })
    return stdout
  } catch (error) {
    const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string }
    throw failureOf(stdout ?? '', stderr || message)
  }
}

function failureOf(stdout: string, stderr: string): Failure {
  const complaint = stderr.replace(/^Error: (pq: )?/, '').trim()
  // The last one begun; dbmate prints 'Applied' even for a file that failed.
  const file = [...stdout.matchAll(/^(?:Applying|Rolling back): (\S+)$/gm)].at(-1)?.[1]
  const [, next] = NEXT_STEPS.find(([pattern]) => pattern.test(complaint)) ?? []
  return new Failure(
    file ? `dbmate stopped at ${file}: ${complaint}` : `dbmate: ${complaint}`,
    next ?? (file ? 'Nothing of that file was applied. Fix it and run npm run db:up again.' : 'See npx dbmate --help.'),
  )
}

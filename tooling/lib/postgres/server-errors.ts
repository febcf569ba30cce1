import pg from 'pg'
import { Failure } from '../errors.ts'

type Meaning = [fact: string, next: string]

const BROKEN: Meaning = ['The connection to the server broke', "See the server's log, then run this again."]
const UNTRUSTED: Meaning = [
  "The server's certificate is not trusted",
  'Add the certificate of the authority that signed it to DATABASE_URL: sslrootcert=FILE',
]
const NOT_MIGRATED = 'Apply the migrations: npm run db:up'

/** What an error code of Node, TLS or Postgres means, and what to do. Two characters stand for a class of SQLSTATEs. */
const MEANINGS: Record<string, Meaning> = {
  ECONNREFUSED: ['No server answers', 'Start Postgres, or correct DATABASE_URL.'],
  ENOTFOUND: ['The host does not exist', 'Correct the host in DATABASE_URL.'],
  EAI_AGAIN: ['The host name cannot be resolved', 'Check the network, or correct the host in DATABASE_URL.'],
  ENOENT: ['The socket does not exist', 'Start Postgres, or correct the host in DATABASE_URL.'],
  ETIMEDOUT: ['The server does not answer', 'Check the network, the firewall and the security group.'],
  EHOSTUNREACH: ['The host cannot be reached', 'Check the network, or correct the host in DATABASE_URL.'],
  ENETUNREACH: ['The host cannot be reached', 'Check the network, or correct the host in DATABASE_URL.'],
  ECONNRESET: BROKEN,
  EPIPE: BROKEN,
  '08': BROKEN,
  '08P01': ['The server, or a pooler before it, refuses', "Correct DATABASE_URL, or the pooler's configuration."],

  'no TLS': ['The server does not support TLS', 'Set sslmode=disable in DATABASE_URL if you trust the network.'],
  'TLS only': [
    'The server rejects unencrypted connections from here',
    "Set sslmode=verify-full (or require) in DATABASE_URL, or add this host to the server's pg_hba.conf.",
  ],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "The server's certificate is for another host name",
    'Correct the host in DATABASE_URL, or set sslmode=verify-ca, which does not check the name.',
  ],
  CERT_HAS_EXPIRED: ["The server's certificate has expired", 'Renew it on the server.'],
  CERT_NOT_YET_VALID: ["The server's certificate is not valid yet", 'Check the clocks of both machines.'],
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,

  'no password': ['The server requires a password', 'Set PGPASSWORD, or add the password to DATABASE_URL.'],
  '28P01': ['The password is wrong', 'Correct the user or the password in DATABASE_URL or PGPASSWORD.'],
  '28': ['The server rejects this user', "Correct the user in DATABASE_URL, or the server's pg_hba.conf."],
  '3D000': ['The database does not exist', 'Create it with its tables: npm run db:up'],

  '42P01': ['A table is missing', NOT_MIGRATED],
  '42703': ['A column is missing', NOT_MIGRATED],
  '3F000': ['A schema is missing', NOT_MIGRATED],
  '42501': ['This user lacks a privilege', 'Connect as the owner of the tables.'],
  '22': ['The server rejected a row', 'Check the types of the columns in the database.'],
  '23': ['The server rejected a row', 'Check the constraints of the table in the database.'],
  P0001: ['The server rejected a row', 'Check the triggers of the table in the database.'],

  '25006': ['The database is read-only', 'Connect to the primary, not to a replica.'],
  '25P03': ['The server closed the connection', 'Raise idle_in_transaction_session_timeout and run this again.'],
  '25P04': ['The server closed the connection', 'Raise transaction_timeout and run this again.'],
  '40P01': ['The server ended a deadlock', 'Run this again.'],
  '53100': ["The server's disk is full", 'Free space on it and run this again.'],
  '53300': ['The server has no connections left', 'Close some or raise max_connections, then run this again.'],
  '53': ['The server is out of resources', "See the server's log, then run this again."],
  '55P03': ['A table is locked by another session', 'Wait for that session and run this again.'],
  '57014': ['The server canceled a statement', 'Run this again.'],
  '57P01': ['The server closed the connection', 'If it was stopped, start it; then run this again.'],
  '57P02': ['The server closed the connection', "See the server's log, then run this again."],
  '57P03': ['The server is starting up or shutting down', 'Wait a moment and run this again.'],
  '57P05': ['The server closed the connection', 'Raise idle_session_timeout and run this again.'],
}

/** Turns an error of the connection or the server into a Failure with the server's own words; leaves others as they are. */
export function asFailure(error: unknown, server: string, unchanged = ''): unknown {
  const cause = error instanceof AggregateError ? error.errors[0] : error
  if (!(cause instanceof Error)) return error
  const [fact, next] = meaningOf(cause) ?? []
  if (!fact) return error
  const { where } = cause as pg.DatabaseError
  const words = where ? `${cause.message} (${where.split('\n')[0]})` : cause.message
  return new Failure(`${fact} (${server}): ${words}.`, `${unchanged} ${next}`.trimStart(), 1, { cause: error })
}

/** Whether the connection is gone, or will be: the server has not answered what was asked. */
export function isConnectionLoss(error: Error): boolean {
  if (error instanceof pg.DatabaseError) return /^(08|57P|58|XX|25P0[34])/.test(error.code ?? '')
  return meaningOf(error) === BROKEN
}

function meaningOf(error: Error): Meaning | undefined {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (error instanceof pg.DatabaseError) {
    if (/no encryption|SSL off/.test(message)) return MEANINGS['TLS only']
    return MEANINGS[code] ?? MEANINGS[code.slice(0, 2)] ?? [`Postgres reports ${code}`, "See the server's log."]
  }
  // A socket has no path in its errors, unlike a file that cannot be read.
  if (error instanceof Failure || 'path' in error) return undefined
  if (/timeout expired/.test(message)) return MEANINGS.ETIMEDOUT
  if (/does not support SSL/.test(message)) return MEANINGS['no TLS']
  if (/client password must be/.test(message)) return MEANINGS['no password']
  if (/Connection terminated|not queryable/.test(message)) return BROKEN
  return MEANINGS[code]
}

/** Whether the server takes this connection only without TLS. */
export function rejectsTls(error: Error): boolean {
  return /does not support SSL|no pg_hba\.conf entry .*, SSL encryption/.test(error.message)
}

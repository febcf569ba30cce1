import { existsSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { ConnectionOptions } from 'node:tls'
import { Failure } from '../errors.ts'
import type { Parameters } from './parameters.ts'

/** libpq's sslmode with its files: https://www.postgresql.org/docs/17/libpq-ssl.html */
export type Tls = {
  mode: 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'
  /** The certificates of the trusted authorities; without them, the public ones that Node and Go know. */
  rootCert?: string | undefined
  cert?: string | undefined
  key?: string | undefined
}

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify']

export function readTls(parameters: Parameters, isSocket: boolean): Tls {
  const system = parameters.sslrootcert === 'system'
  const mode = parameters.sslmode ?? (system ? 'verify-full' : 'prefer')
  if (!MODES.includes(mode)) throw new Failure(`Invalid sslmode '${mode}'.`, `Give one of ${MODES.join(', ')}.`, 2)
  if (isSocket || mode === 'disable') return { mode: 'disable' }

  const rootCert = system ? undefined : (readable(parameters.sslrootcert, 'sslrootcert') ?? inHome('root.crt'))
  const cert = readable(parameters.sslcert, 'sslcert') ?? inHome('postgresql.crt')
  const key = readable(parameters.sslkey, 'sslkey') ?? (cert && inHome('postgresql.key'))
  switch (mode) {
    case 'verify-full':
      return { mode, rootCert, cert, key }
    case 'verify-ca':
    case 'require':
      // As libpq: with certificates at hand, require verifies too.
      if (rootCert) return { mode: 'verify-ca', rootCert, cert, key }
      if (mode === 'verify-ca' || system) {
        const next = 'Add sslrootcert=FILE, or use sslmode=verify-full, which checks the host name too.'
        throw new Failure(`sslmode=${mode} needs sslrootcert: the public authorities sign for anybody.`, next, 2)
      }
      return { mode, cert, key }
    default:
      // allow would try without TLS first; no-verify is pg's own word for require without verification.
      return { mode: mode === 'no-verify' ? 'require' : 'prefer', cert, key }
  }
}

/** For pg; prefer is read as require. The host is the name to check when pg connects to another address. */
export function tlsOptions({ mode, rootCert, cert, key }: Tls, host?: string): ConnectionOptions | false {
  if (mode === 'disable') return false
  return {
    ...(rootCert && { ca: readFileSync(rootCert) }),
    ...(cert && key && { cert: readFileSync(cert), key: readFileSync(key) }),
    ...(host && !isIP(host) && { host, servername: host }),
    ...(mode === 'verify-ca' && { checkServerIdentity: () => undefined }),
    ...((mode === 'require' || mode === 'prefer') && { rejectUnauthorized: false }),
  }
}

function readable(file: string | undefined, parameter: string): string | undefined {
  if (file === undefined || existsSync(file)) return file
  throw new Failure(`The file of ${parameter} does not exist: ${file}.`, 'Correct it in DATABASE_URL.', 2)
}

function inHome(name: string): string | undefined {
  const file = join(homedir(), '.postgresql', name)
  return existsSync(file) ? file : undefined
}

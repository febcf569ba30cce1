import { readFileSync } from 'node:fs'
import { Failure } from '../errors.ts'

/** Where the token comes from. It may be another one each time it is read. */
export type TokenSource = () => Promise<string>

/** From a file, read anew for each request, or from XMONITOR_TOKEN. Never from the command line, where every user of the machine could read it. */
export function tokenSource(file: string | undefined, env: NodeJS.ProcessEnv = process.env): TokenSource {
  if (file !== undefined) return async () => readToken(file)
  const token = env.XMONITOR_TOKEN?.trim()
  if (token) return async () => token
  throw new Failure(
    'No token for the API.',
    'Give a file that has one with --token-file, or set XMONITOR_TOKEN. npm run token prints one.',
    2,
  )
}

function readToken(file: string): string {
  let token: string
  try {
    token = readFileSync(file, 'utf8').trim()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Failure(`${file} cannot be read: ${code}.`, 'Write a token into it: npm run -s token > FILE')
  }
  if (!token) throw new Failure(`${file} is empty.`, 'Write a token into it: npm run -s token > FILE')
  return token
}

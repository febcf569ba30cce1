import type { IncomingHttpHeaders } from 'node:http'
import { errorResponse } from '../api/errors.ts'

const LOCAL_HOSTS = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Refuses what other websites could send: a browser on this machine reaches the server for any page it has open. A page of
 * another origin says so in Origin; one whose own name was pointed at 127.0.0.1 (DNS rebinding) has that name in Host.
 */
export function refuseForeign({ host = '', origin }: IncomingHttpHeaders): Response | undefined {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  if (!LOCAL_HOSTS.includes(name))
    return refuse(421, `This server does not answer for the host '${host}'.`, 'Use the address that npm start prints.')
  if (origin !== undefined && origin !== `http://${host}`)
    return refuse(403, `This server does not answer pages of ${origin}.`, 'Use the page that it serves itself.')
  return undefined
}

function refuse(status: number, message: string, hint: string): Response {
  return errorResponse(status, { code: `XM${status}`, message, details: null, hint })
}

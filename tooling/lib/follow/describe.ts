import { TABLES } from '../move/tables.ts'
import { count, escapeName } from '../output.ts'
import { isoInstant } from './digest.ts'
import type { Event } from './follower.ts'
import type { LookResult } from './look.ts'
import type { Sent } from './send.ts'

/** How many rows that are gone are named in a line. */
const MAX_NAMED = 5

/** An event as one line for people. */
export function describeEvent(event: Event): string {
  const at = new Date().toISOString().slice(0, 19)
  switch (event.event) {
    case 'looked':
      return `${at} Found: ${describeLook(event.found)} in ${event.seconds.toFixed(1)}s`
    case 'sent':
      return `${at} Sent: ${describeSent(event.sent, event.removed)} in ${event.seconds.toFixed(1)}s`
    case 'trouble':
      return `${at} ${event.fact}\n  ${event.next}`
    case 'recovered':
      return `${at} Works again. (${event.fact})`
  }
}

function describeLook(found: LookResult): string {
  const tables = Object.entries(found).map(([table, { changed, rejected, gone }]) => {
    const { target } = TABLES.find(({ source }) => source === table)!
    const named = gone.slice(0, MAX_NAMED).map((key) => describeKey(target, key))
    const more = gone.length > named.length ? ', ...' : ''
    const parts = [
      changed && `${count(changed)} changed`,
      rejected && `${count(rejected)} rejected`,
      gone.length && `${count(gone.length)} gone (${named.join(', ')}${more})`,
    ]
    return `${table} ${parts.filter(Boolean).join(', ')}`
  })
  return tables.join('; ')
}

export function describeSent(sent: Sent, removed: number): string {
  const tables = Object.entries(sent).map(([table, { sent, inserted, updated, deleted, refused }]) => {
    const parts = [
      `${count(inserted)} inserted`,
      `${count(updated)} updated`,
      deleted && `${count(deleted)} deleted on request`,
      refused && `${count(refused)} refused`,
    ]
    return `${table} ${count(sent)} (${parts.filter(Boolean).join(', ')})`
  })
  if (removed > 0) tables.push(`${count(removed)} removed`)
  return tables.join('; ')
}

/** The values of a key for a line, with its instants as people write them. */
export function describeKey(target: string, key: string): string {
  const { key: names, columns } = TABLES.find((table) => table.target === target)!
  const isInstant = (name: string) => columns.find((column) => column.name === name)!.rule.type === 'timestamp'
  const values: string[] = JSON.parse(key)
  return values
    .map((value, index) =>
      isInstant(names[index]!) ? isoInstant(BigInt.asIntN(64, BigInt(`0x${value}`))) : escapeName(value),
    )
    .join(' ')
}

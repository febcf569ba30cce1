import { command } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { liftTombstone, listTombstones, type Purge, purge, readSubject, type Subject } from './lib/move/purge.ts'
import { print, progress, rowCount } from './lib/output.ts'

await command({
  name: 'purge',
  about: 'Deletes a post, or an author with all posts, and leaves a tombstone that keeps them out.',
  options: {
    handle: { about: 'the author', value: 'HANDLE' },
    'status-id': { about: 'the post', value: 'ID' },
    reason: { about: 'why; kept in the tombstone', value: 'TEXT' },
    undo: { about: 'lift the tombstone instead' },
    list: { about: 'list the tombstones instead' },
    yes: { about: 'really do it; without it, what would go is shown' },
  },
  example: '--handle someone --reason "asked for it" --yes',
  usesDatabase: true,
  async run({ handle, 'status-id': id, reason, undo, list, yes }) {
    if (list && (undo || yes || (handle ?? id ?? reason) !== undefined))
      throw new Failure('--list lists all tombstones.', 'Give it alone: npm run purge -- --list', 2)
    if (undo && reason !== undefined)
      throw new Failure('--undo takes no --reason.', 'Leave it out: a lifted tombstone keeps nothing.', 2)
    if (list) return { tombstones: await listTombstones() }
    const subject = subjectOf(handle, id)
    if (!yes) process.exitCode = 2
    return { undo, ...(undo ? await liftTombstone(subject, yes) : await purge(subject, reason, yes)) }
  },
  show(result) {
    if ('tombstones' in result) {
      for (const { handle, status_id, deleted_at, reason } of result.tombstones)
        print(
          `${deleted_at.toISOString()} ${handle === null ? status_id : `@${handle}`}${reason === null ? '' : `: ${reason}`}`,
        )
    } else if (result.undo) showLift(result)
    else showPurge(result)
  },
})

function subjectOf(handle: string | undefined, id: string | undefined): Subject {
  if (handle !== undefined && id === undefined) return readSubject('handle', handle)
  if (id !== undefined && handle === undefined) return readSubject('status_id', id)
  throw new Failure('Give either --handle or --status-id.', 'For example: npm run purge -- --handle someone', 2)
}

function flagOf({ kind, value }: Subject): string {
  return `--${kind.replace('_', '-')} ${value}`
}

function showPurge({ subject, confirmed, rows }: Purge): void {
  for (const [table, count] of Object.entries(rows))
    print(`${table}: ${rowCount(count)} ${confirmed ? 'deleted' : 'would be deleted'}`)
  if (confirmed) {
    print(`Stays deleted: ${subject.value}. To lift that, run: npm run purge -- ${flagOf(subject)} --undo --yes`)
    progress("Not touched: the monitor's file, the source copy, the export, the reports, the backups.")
  } else progress(`Nothing was deleted. To confirm, run: npm run purge -- ${flagOf(subject)} --yes`)
}

function showLift({ subject, confirmed }: Purge): void {
  if (confirmed) print(`Lifted: ${subject.value} is stored again when it is sent or imported.`)
  else progress(`Nothing was changed. To lift the tombstone, run: npm run purge -- ${flagOf(subject)} --undo --yes`)
}

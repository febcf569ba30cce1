import { Failure } from '../errors.ts'
import { isoInstant } from './digest.ts'
import { clockName, Examiner, type Found, type IsStored } from './examine.ts'
import type { LiveSource } from './live-source.ts'
import { recordBlocks, suspectBlocks } from './pages/changed-pages.ts'
import type { State } from './state.ts'
import { BEFORE_FIRST, type TableReader } from './table-reader.ts'

/** Up to so many blocks and rows are read in one transaction; more of them in several, so that no writer has to wait. */
const MAX_BLOCKS = 64
const MAX_ROWS = 20_000
const SLICE = 2_000

export type LookOptions = {
  /** Judges the rejected rows once more, for the rules may have changed. */
  retryRejected?: boolean
  /** The file may be an older copy: said by the operator. */
  acceptOlder?: boolean
  /** What the server is known to have is not sent. */
  isStored?: IsStored
}

/** What a look found, per table of the source that has anything to tell. */
export type LookResult = Record<string, Found>

/** Finds what changed in the source since the last look, whatever it was, and records it for sending. */
export function look(source: LiveSource, state: State, options: LookOptions = {}): LookResult {
  const { pages } = source
  pages.refresh()
  const suspects = suspectBlocks(pages, state.blocks)
  if (suspects.length === 0 && !options.retryRejected) return {}
  return state.transaction(() => {
    const result = source.read((readers) => {
      const { rowids, longRows } = recordBlocks(pages, state.blocks, suspects.slice(0, MAX_BLOCKS))
      if (suspects.length > MAX_BLOCKS || rowids.size > MAX_ROWS) return undefined
      const examiners = createExaminers(readers, state, options)
      for (const examiner of examiners) {
        examiner.examineAll(rowids)
        if (longRows) examiner.examineAll(examiner.reader.longIds(pages.pageSize))
      }
      return finish(source.file, examiners, state, options)
    })
    return result ?? lookAtAll(source, state, suspects.slice(MAX_BLOCKS), options)
  })
}

function createExaminers(readers: readonly TableReader[], state: State, { isStored }: LookOptions): Examiner[] {
  const examiners = readers.map((reader) => new Examiner(reader, state, isStored))
  for (const examiner of examiners) {
    const { parent } = examiner.reader.table
    examiner.parent = examiners.find(({ reader }) => reader.table.target === parent?.target)
  }
  return examiners
}

/** Every row, a slice at a time. Children come before their parents: what a child refers to is there when it is read. */
function lookAtAll(source: LiveSource, state: State, blocks: number[], options: LookOptions): LookResult {
  for (let at = 0; at < blocks.length; at += MAX_BLOCKS)
    source.read(() => recordBlocks(source.pages, state.blocks, blocks.slice(at, at + MAX_BLOCKS)))
  const examiners = source.read((readers) => createExaminers(readers, state, options))
  for (const examiner of examiners.toReversed()) {
    let after: bigint | undefined = BEFORE_FIRST
    while (after !== undefined) after = source.read(() => examiner.examineSlice(after!, SLICE))
  }
  return source.read(() => finish(source.file, examiners, state, options))
}

/** What can only be told at the end: rows that vanished, and whether the file is the right one. */
function finish(file: string, examiners: Examiner[], state: State, options: LookOptions): LookResult {
  for (const examiner of examiners) {
    if (options.retryRejected) examiner.retryRejected()
    examiner.findVanished()
    examiner.settleLostKeys()
  }
  if (options.acceptOlder) for (const { reader } of examiners) recordClock(reader, state)
  else if (examiners.some(({ found }) => found.gone.length > 0))
    assertNotOlder(
      file,
      examiners.map(({ reader }) => reader),
      (name) => state.get(name),
    )
  const told = examiners.filter(({ found }) => found.changed + found.rejected + found.gone.length > 0)
  return Object.fromEntries(told.map(({ reader, found }) => [reader.table.source, found]))
}

/** An older copy lacks the newest posts and the newest runs. What the monitor deletes itself is never the newest of both. */
export function assertNotOlder(
  file: string,
  readers: readonly TableReader[],
  get: (name: string) => string | undefined,
): void {
  const clocks = readers.flatMap((reader) => {
    const recorded = get(clockName(reader.table.source))
    return recorded === undefined ? [] : [{ recorded: BigInt(recorded), found: reader.newest }]
  })
  if (clocks.length === 0 || clocks.some(({ recorded, found }) => found !== undefined && found >= recorded)) return
  const { recorded, found } = clocks[0]!
  throw new Failure(
    `${file} is an older copy: it ends ${found === undefined ? 'empty' : `at ${isoInstant(found)}`}, and rows up to ${isoInstant(recorded)} have been read before.`,
    'Nothing was sent. Put the newer file back, or accept this one: npm run follow -- --accept-older',
  )
}

function recordClock({ table, newest }: TableReader, state: State): void {
  if (newest !== undefined) state.set(clockName(table.source), String(newest))
}

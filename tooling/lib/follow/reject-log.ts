import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { withWriteErrors } from '../files.ts'
import type { RowReject } from '../move/row-rules.ts'

/** Which field, and why. */
export type Reason = Pick<RowReject, 'field' | 'reason'>

/** The reject file of a follower: it grows by a line for each row that cannot be stored, in the form of the move's. */
export class RejectLog {
  bytes = 0
  readonly #file: string
  readonly #fd: number | undefined

  /** What is behind the first `bytes` was written by a look that was cut off: it writes it again. */
  constructor(file: string | undefined, bytes: number) {
    this.#file = file ?? ''
    if (file === undefined) return
    this.#fd = withWriteErrors(file, () => {
      mkdirSync(dirname(file), { recursive: true })
      return openSync(file, 'a')
    })
    this.truncate(Math.min(bytes, fstatSync(this.#fd).size))
  }

  write(table: string, rowid: bigint | undefined, { field, reason }: Reason, row: string): void {
    const fd = this.#fd
    if (fd === undefined) return
    const at = new Date().toISOString()
    const where = rowid === undefined ? '' : `"rowid":${rowid},`
    const line = `{"at":"${at}","table":${JSON.stringify(table)},${where}"field":${JSON.stringify(field)},"reason":${JSON.stringify(reason)},"row":${row}}\n`
    this.bytes += withWriteErrors(this.#file, () => writeSync(fd, line))
  }

  truncate(bytes: number): void {
    const fd = this.#fd
    if (fd !== undefined) withWriteErrors(this.#file, () => ftruncateSync(fd, bytes))
    this.bytes = bytes
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
  }
}

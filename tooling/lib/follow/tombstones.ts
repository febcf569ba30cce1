import type { Table } from '../move/tables.ts'
import type { ApiClient } from './api-client.ts'
import type { Fields } from './digest.ts'

/** What was deleted on request: docs/rules.md#rule-8. */
export class Tombstones {
  readonly #keys: Record<string, Set<string>>

  private constructor({ status_ids, handles }: { status_ids: string[]; handles: string[] }) {
    this.#keys = { status_id: new Set(status_ids), handle: new Set(handles) }
  }

  static async ask(api: ApiClient): Promise<Tombstones> {
    return new Tombstones((await api.get('ingest_tombstones', {})) as { status_ids: string[]; handles: string[] })
  }

  /** Whether this row has one. */
  has({ columns, tombstones }: Table, fields: Fields): boolean {
    return tombstones.some(({ key, column }) =>
      this.#keys[key]!.has(fields[columns.findIndex(({ name }) => name === column)]!),
    )
  }

  /** Whether the row with this key has one, as far as the key tells. */
  hasKey({ key: names, tombstones }: Table, key: string): boolean {
    const values: string[] = JSON.parse(key)
    return tombstones.some(({ key, column }) => this.#keys[key]!.has(values[names.indexOf(column)]!))
  }
}

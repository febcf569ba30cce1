/** Gives access to the items of an iterator by their index, in ascending order: one pass over them is enough. */
export function createAscendingReader<T>(open: () => Iterable<T>) {
  let items: Iterator<T> | undefined
  let at = -1
  let item: T | undefined
  return {
    /** The item with this index, which must not be lower than the last one; undefined beyond the end. */
    read(index: number): T | undefined {
      items ??= open()[Symbol.iterator]()
      for (; at < index; at++) {
        const next = items.next()
        item = next.done ? undefined : next.value
      }
      return item
    },
    close(): void {
      items?.return?.()
    },
  }
}

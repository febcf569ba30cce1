import { print } from './output.ts'

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const

let unchanged = ''

/** Does the work; on Ctrl-C meanwhile, people are told what it has not changed. */
export async function interruptible<T>(note: string, work: () => Promise<T>): Promise<T> {
  const before = unchanged
  unchanged = note
  try {
    return await work()
  } finally {
    unchanged = before
  }
}

/** Ends the process on Ctrl-C with what was left unchanged, unless the command has its own way. Returns how to stop it. */
export function reportInterrupts({ json }: { json: boolean }): () => void {
  const report = (signal: keyof typeof EXIT_CODES) => {
    if (process.listenerCount(signal) > 1) return
    const next = `${unchanged} Run this again.`.trimStart()
    if (json) print(JSON.stringify({ error: 'Interrupted.', next }, undefined, 2))
    process.stderr.write(`error: Interrupted.\n  ${next}\n`)
    process.exit(EXIT_CODES[signal])
  }
  process.on('SIGINT', report)
  process.on('SIGTERM', report)
  return () => {
    process.off('SIGINT', report)
    process.off('SIGTERM', report)
  }
}

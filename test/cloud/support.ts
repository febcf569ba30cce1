/** Does the work with what it prints kept, both streams together. */
export async function listening<T>(work: () => Promise<T>): Promise<{ result?: T; error?: unknown; printed: string }> {
  let printed = ''
  const streams = [process.stdout, process.stderr] as const
  const writes = streams.map((stream) => stream.write)
  for (const stream of streams)
    stream.write = ((text: string | Uint8Array) => {
      printed += String(text)
      return true
    }) as typeof stream.write
  try {
    return { result: await work(), printed }
  } catch (error) {
    return { error, printed }
  } finally {
    for (const [i, stream] of streams.entries()) stream.write = writes[i]!
  }
}

import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

// JavaScript, because worker threads of Node 20 cannot load TypeScript through tsx.

/** A thread takes 30 ms to start; meanwhile the main thread hashes about this much. */
export const MIN_THREAD_BYTES = 1 << 25
const CHUNK_BYTES = 1 << 18
/** How long the thread waits for more bytes of a file that is still being written. */
const WAIT_MILLISECONDS = 10
const [GROWING, COMPLETE] = [0, 1]

export async function digestOf(file) {
  if (statSync(file).size >= MIN_THREAD_BYTES) return digestInBackground(file)()
  return digest(file)
}

export function digestInBackground(file) {
  const state = new Int32Array(new SharedArrayBuffer(4))
  const thread = new Worker(new URL(import.meta.url), { workerData: { file, state }, execArgv: [] })
  const answer = new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject))
  answer.catch(() => {})
  return () => {
    Atomics.store(state, 0, COMPLETE)
    Atomics.notify(state, 0)
    return answer
  }
}

function digest(file, state = new Int32Array([COMPLETE])) {
  const hash = createHash('sha256')
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  const fd = openSync(file)
  let bytes = 0
  try {
    for (;;) {
      // Checked before the read: if it was complete by then, this read reaches the end.
      const complete = Atomics.load(state, 0) === COMPLETE
      const length = readSync(fd, chunk)
      if (length > 0) hash.update(chunk.subarray(0, length))
      else if (complete) return { bytes, sha256: hash.digest('hex') }
      else Atomics.wait(state, 0, GROWING, WAIT_MILLISECONDS)
      bytes += length
    }
  } finally {
    closeSync(fd)
  }
}

if (!isMainThread) parentPort.postMessage(digest(workerData.file, workerData.state))

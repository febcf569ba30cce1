import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

// JavaScript, for the threads of Node 20 know nothing of tsx.

/** What a thread is worth: it takes 40 ms to start, in which 40 MB are hashed. */
const WORTH_A_THREAD_BYTES = 1 << 25
const CHUNK_BYTES = 1 << 18

/** Of a large file in a thread of its own, so that the work goes on meanwhile. */
export async function digestOf(file) {
  if (statSync(file).size < WORTH_A_THREAD_BYTES) return read(file)
  const thread = new Worker(new URL(import.meta.url), { workerData: { file }, execArgv: [] })
  return new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject))
}

async function read(file) {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest('hex') }
}

if (!isMainThread) parentPort.postMessage(await read(workerData.file))

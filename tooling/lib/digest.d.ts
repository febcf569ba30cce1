/** What proves a file: its size and the SHA-256 of its bytes. */
export type Digest = { bytes: number; sha256: string }

/** What a thread is worth. */
export declare const WORTH_A_THREAD_BYTES: number

/** Of a large file in a thread of its own, so that the work goes on meanwhile. */
export declare function digestOf(file: string): Promise<Digest>

/** Begins in a thread of its own while the file is still being written; to be called when it is whole. */
export declare function digestBeside(file: string): () => Promise<Digest>

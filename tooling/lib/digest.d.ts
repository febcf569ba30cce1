/** What identifies a file's content: its size and the SHA-256 of its bytes. */
export type Digest = { bytes: number; sha256: string }

/** Smaller files are not worth the start of a thread. */
export declare const MIN_THREAD_BYTES: number

/** Hashes a large file in a thread, so that the caller can go on meanwhile. */
export declare function digestOf(file: string): Promise<Digest>

/** Starts hashing in a thread while the file is still being written; call the returned function once it is complete. */
export declare function digestInBackground(file: string): () => Promise<Digest>

/** What proves a file: its size and the SHA-256 of its bytes. */
export type Digest = { bytes: number; sha256: string }

/** Of a large file in a thread of its own, so that the work goes on meanwhile. */
export declare function digestOf(file: string): Promise<Digest>

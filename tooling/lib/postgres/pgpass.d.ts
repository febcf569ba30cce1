declare module 'pgpass' {
  /** Reads the password from PGPASSFILE or ~/.pgpass. */
  export default function pgpass(
    connection: { host: string; port: number; database: string; user: string },
    done: (password: string | undefined) => void,
  ): void
}

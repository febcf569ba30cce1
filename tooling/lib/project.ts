import { resolve } from 'node:path'

/** The project's folder: where package.json, db/ and infra/ are. */
export const PROJECT = resolve(import.meta.dirname, '../..')

import { existsSync } from 'node:fs'
import { command, wholeNumber } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { count, countOf, print, step } from './lib/output.ts'
import { generate } from './lib/samples/generate.ts'

await command({
  name: 'generate',
  about:
    'Writes a SQLite file of invented posts in the shape the monitor keeps, of any size; the same seed gives the same rows.',
  options: {
    out: { about: 'the file to write; it must not exist', value: 'FILE', required: true },
    posts: { about: 'how many posts', value: 'N', default: '1000' },
    embeddings: { about: 'how many of them have an embedding', value: 'N', default: '0' },
    dims: { about: 'numbers per embedding', value: 'N', default: '16' },
    seed: { about: 'another seed gives other posts', value: 'N', default: '1' },
    rejects: { about: 'add some rows that the move rejects' },
  },
  example: '--out generated.db --posts 5000',
  async run(given) {
    const posts = wholeNumber('posts', given.posts, 0, 100_000_000)
    const embeddings = wholeNumber('embeddings', given.embeddings, 0, posts)
    const dims = wholeNumber('dims', given.dims, 1, 100_000)
    const seed = wholeNumber('seed', given.seed, 0, 2 ** 31)
    const { out: file, rejects } = given
    if (existsSync(file)) throw new Failure(`${file} exists.`, 'Remove it, or choose another file with --out.', 2)
    const generated = await step(
      ['Generating', 'Generated'],
      file,
      () => generate({ file, posts, embeddings, dims, seed, rejects }),
      ({ rows }) => countOf(rows.tweets!, 'post'),
    )
    return { file, ...generated }
  },
  show({ rows, rejects }) {
    for (const [table, number] of Object.entries(rows)) {
      const bad = rejects[table]
      print(`${table.padEnd(17)}${count(number).padStart(11)}${bad ? `   ${count(bad)} to be rejected` : ''}`)
    }
  },
})

import { resolve } from 'node:path'
import { command } from './lib/cli.ts'
import { setupEnv } from './lib/local/setup-env.ts'
import { print } from './lib/output.ts'

await command({
  name: 'setup:env',
  about: 'Writes .env with random passwords, or adds to it what is missing; what is set stays as it is.',
  options: {},
  run: async () => setupEnv('.env', resolve(import.meta.dirname, '../.env.example')),
  show({ file, added, kept, notes }) {
    print(
      `${file}: added ${added.length ? added.join(', ') : 'nothing'}${kept.length ? `; kept ${kept.join(', ')}` : ''}`,
    )
    for (const note of notes) print(`note: ${note}`)
  },
})

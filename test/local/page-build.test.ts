import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { PROJECT } from '../../tooling/lib/project.ts'

// Works on copies of the project, since its own page may be built or served at the same time.

const test = suite('the build of the page')
const folder = mkdtempSync(join(tmpdir(), 'xmonitor-page-build-'))
test.after(() => rmSync(folder, { recursive: true }))

/** A copy of the page's sources, in a folder with this name. */
function copy(name: string): string {
  const project = join(folder, name)
  mkdirSync(project)
  for (const part of ['web', 'tooling', 'vite.config.ts', 'tsconfig.json', 'package.json', 'package-lock.json'])
    cpSync(join(PROJECT, part), join(project, part), {
      recursive: true,
      filter: (path) => !path.startsWith(join(PROJECT, 'web/dist')),
    })
  symlinkSync(join(PROJECT, 'node_modules'), join(project, 'node_modules'))
  writeFileSync(
    join(project, 'build.ts'),
    `import { buildPage } from './tooling/lib/local/page-build.ts'
    process.once('SIGTERM', () => process.exit(1))
    await buildPage(console.log).catch((error) => console.log(error.message))`,
  )
  return project
}

const build = (project: string) =>
  spawn(process.execPath, ['--import', 'tsx', 'build.ts'], { cwd: project, stdio: ['ignore', 'pipe', 'inherit'] })

const builds = (project: string) => readdirSync(join(project, 'web')).filter((name) => name.startsWith('dist'))

async function output(project: string): Promise<string> {
  let said = ''
  for await (const text of build(project).stdout.setEncoding('utf8')) said += text
  return said
}

test('a stopped build leaves nothing behind; the next one removes what a killed one left', async () => {
  const project = copy("it's a (new) [folder] #1, 100% *ü* & co")
  const stopped = build(project)
  const exited = once(stopped, 'exit')
  await once(stopped.stdout, 'data')
  for (const end = Date.now() + 20_000; builds(project).length === 0 && Date.now() < end; ) await sleep(1)
  stopped.kill('SIGTERM')
  await exited
  assert.deepEqual(builds(project), [])

  const killed = spawnSync('true').pid
  const [gone, old, busy] = [`dist.${killed}.tmp`, `dist.${killed}.old.tmp`, `dist.${process.pid}.tmp`]
  for (const name of [gone, old, busy]) mkdirSync(join(project, 'web', name))
  assert.equal(await output(project), 'Building: the page\n')
  assert.deepEqual(builds(project), ['dist', busy])
  assert.ok(existsSync(join(project, 'web/dist/index.html')))
})

test('what Vite says of a fault in the page is passed on, and nothing is left behind', async () => {
  const project = copy('broken')
  writeFileSync(join(project, 'web/src/main.tsx'), 'const')
  const said = await output(project)
  assert.match(said, /^The page could not be built:$/m)
  assert.match(said, /main\.tsx/)
  assert.doesNotMatch(said, /\\u001b/)
  assert.match(said, /\n {2}See npm run build\./)
  assert.deepEqual(builds(project), [])
})

test.run()

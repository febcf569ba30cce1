import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import { $, glob } from 'zx'
import { PROJECT } from '../tooling/lib/project.ts'

const IGNORE = ['**/node_modules/**', 'web/dist/**', '.data/**', 'data/**']

const test = suite('docs')

const read = (file: string) => readFileSync(join(PROJECT, file), 'utf8')
const files = (patterns: string[]) => glob(patterns, { cwd: PROJECT, ignore: IGNORE, dot: true })
const documents = await files(['*.md', 'docs/**/*.md', 'infra/**/*.md'])
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

test('there is something to check', () => {
  for (const file of ['README.md', 'docs/runbook.md', 'docs/decisions.md']) assert.ok(documents.includes(file), file)
})

test('every link and picture leads to an existing file and heading', () => {
  const broken: string[] = []
  for (const document of documents) {
    for (const [, target] of withoutCode(read(document)).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(https?:|mailto:)/.test(target!)) continue
      const [path = '', anchor] = target!.split('#')
      const file = path ? join(dirname(document), path) : document
      if (!existsSync(join(PROJECT, file))) broken.push(`${document}: ${target}`)
      else if (anchor && !anchors(read(file)).has(anchor)) broken.push(`${document}: ${target} (no such heading)`)
    }
    for (const [, picture] of read(document).matchAll(/<(?:img|source)[^>]+?src(?:set)?="([^"]+)"/g))
      if (!existsSync(join(PROJECT, dirname(document), picture!))) broken.push(`${document}: ${picture}`)
  }
  assert.deepEqual(broken, [])
})

test('every heading of a document that code or tests refer to exists', async () => {
  const broken: string[] = []
  let references = 0
  for (const file of await files(['{db,infra,test,tooling,web}/**/*.{ts,tsx,js,sql,yaml}', '*.{ts,yaml}'])) {
    // A rule is named with its anchor, so that a reader can look it up.
    for (const [bare] of read(file).matchAll(/\brules? \d+\b/gi)) broken.push(`${file}: ${bare}`)
    for (const [reference, document, anchor] of read(file).matchAll(/\b(docs\/[\w/.-]+\.md)#([\w-]+)/g)) {
      references++
      if (!existsSync(join(PROJECT, document!)) || !anchors(read(document!)).has(anchor!))
        broken.push(`${file}: ${reference}`)
    }
  }
  assert.ok(references > 0)
  assert.deepEqual(broken, [])
})

test('a test holds each promise of SECURITY.md', () => {
  const [, table] = read('SECURITY.md').split('## What is protected from whom')
  const promises = table!
    .split('##')[0]!
    .split('\n')
    .filter((line) => /^\| (?!from|---)/.test(line))
  assert.ok(promises.length >= 10)
  for (const promise of promises) assert.match(promise, /`test\/[\w/.-]+\.test\.ts`[^|]*\|$/, promise)
})

test('every file named in backticks exists', () => {
  const broken: string[] = []
  for (const document of documents) {
    for (const [, path] of read(document).matchAll(/`((?:db|docs|infra|test|tooling|web)\/[\w./-]+)`/g)) {
      // A name in capitals is a placeholder; what a command creates is not in the repository.
      if (/[A-Z]{3}/.test(path!) || /^(web\/dist|db\/lock\.txt|test\/db\/releases)/.test(path!)) continue
      if (!existsSync(join(PROJECT, path!))) broken.push(`${document}: ${path}`)
    }
  }
  assert.deepEqual(broken, [])
})

test('every test that changing.md names exists', async () => {
  const broken: string[] = []
  let names = 0
  for (const [, path, name] of read('docs/changing.md').matchAll(/`((?!db\/)[a-z-]+\/[a-z-]+)`(?:: `([^`]+)`)?/g)) {
    if (!existsSync(join(PROJECT, `test/${path}.test.ts`))) broken.push(path!)
    // The tests of api/contract have the names of the calls.
    const tests = (await files([`test/${path}.test.ts`, 'test/api/calls/*.ts'])).map(read)
    if (name && !tests.some((text) => text.includes(name))) broken.push(`${path}: ${name}`)
    else if (name) names++
  }
  assert.ok(names > 10)
  assert.deepEqual(broken, [])
})

test('every npm script named in a document, a message or a comment exists', async () => {
  const broken: string[] = []
  for (const file of [
    ...documents,
    ...(await files(['{tooling,infra,test,web}/**/*.{ts,tsx,sh,yml,yaml}', '*.yaml'])),
  ]) {
    if (file === 'test/docs.test.ts') continue
    for (const [, name] of read(file).matchAll(/npm run (?:-s )?([a-z][a-z0-9:-]*)/g))
      if (!scripts[name!]) broken.push(`${file}: npm run ${name}`)
  }
  assert.deepEqual(broken, [])
})

test('every npm script is documented', () => {
  const text = documents.map(read).join('\n')
  const calls = (name: string) => (['start', 'test'].includes(name) ? `npm ${name}` : `npm run ${name}`)
  const silent = Object.keys(scripts).filter((name) => !new RegExp(`${calls(name)}(?![\\w:-])`).test(text))
  assert.deepEqual(silent, [])
})

test('every flag in a document or a configuration file is in the --help of its command', async () => {
  const flags = new Map<string, Set<string>>()
  for (const file of [...documents, ...(await files(['*.yaml', '.env.example', 'infra/**/*.{yaml,yml,sh,env}']))]) {
    for (const [, start, script, rest] of read(file).matchAll(
      /npm (?:(start)|run ([a-z][a-z0-9:-]*)) -- ([^`\n#]*)/g,
    )) {
      const name = start ?? script!
      const given = rest!.split(/&&|\||;/)[0]!.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)
      for (const [, flag] of given) flags.set(name, (flags.get(name) ?? new Set()).add(`${flag}`))
    }
  }
  const broken: string[] = []
  for (const [name, given] of flags) {
    const file = /tsx (tooling\/\S+\.ts)/.exec(scripts[name] ?? '')?.[1]
    if (!file) continue
    const help = (await $({ cwd: PROJECT, quiet: true })`${process.execPath} --import tsx ${file} --help`).stdout
    for (const flag of given) if (!help.includes(`--${flag} `)) broken.push(`npm run ${name} -- --${flag}`)
  }
  assert.ok(flags.size > 5)
  assert.deepEqual(broken, [])
})

/** Set by the system, by other programs or by a test, never in .env. */
const NOT_OURS =
  /^(PATH|HOME|USER|CI|AWS_REGION|AWS_DEFAULT_REGION|BENCH_PEAK|(PGRST_)?FAKE_\w+|PGRST_(SERVER_HOST|(ADMIN_)?SERVER_PORT))$/

test('every environment variable that is read is in .env.example', async () => {
  const example = read('.env.example')
  const missing = [...(await variables())].filter((name) => !new RegExp(`\\b${name}\\b`).test(example))
  assert.deepEqual(missing, [])
})

test('every variable of .env.example is read, and has a comment', async () => {
  const known = await variables()
  const lines = read('.env.example').split('\n')
  let comment = false
  const silent: string[] = []
  for (const line of lines) {
    const name = /^([A-Z_0-9]+)=/.exec(line)?.[1]
    if (line === '') comment = false
    if (line.startsWith('# ')) comment = true
    // dbmate reads its own.
    if (name && (!comment || !(known.has(name) || name.startsWith('DBMATE_')))) silent.push(name)
  }
  assert.deepEqual(silent, [])
})

test.run()

/** The variables read by the code, the containers and the tests. */
async function variables(): Promise<Set<string>> {
  const found = new Set<string>()
  for (const file of await files(['{tooling,infra,test}/**/*.{ts,js}', 'vite.config.ts', 'compose.yaml'])) {
    if (file === 'test/docs.test.ts') continue
    const pattern = file === 'compose.yaml' ? /\$\{([A-Z][A-Z0-9_]*)/g : /(?<!meta\.)\benv\.([A-Z][A-Z0-9_]*)/g
    for (const [, name] of read(file).matchAll(pattern)) if (!NOT_OURS.test(name!)) found.add(name!)
  }
  return found
}

function withoutCode(markdown: string): string {
  return withoutFences(markdown).replace(/`[^`\n]*`/g, '')
}

/** The anchors of a document's headings, as on GitHub. */
function anchors(markdown: string): Set<string> {
  const headings = withoutFences(markdown).matchAll(/^#{1,6} (.+)$/gm)
  return new Set(
    [...headings].map(([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  )
}

function withoutFences(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```/gm, '')
}

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import { build } from 'vite'

const test = suite<{ folder: string; scripts: string[] }>('the built page')

test.before(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'xmonitor-size-'))
  await build({ logLevel: 'error', build: { outDir: context.folder, emptyOutDir: true } })
  context.scripts = readdirSync(join(context.folder, 'assets'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => `assets/${name}`)
})

test.after(({ folder }) => rmSync(folder, { recursive: true, force: true }))

const gzipped = (folder: string, scripts: string[]) =>
  scripts.reduce((sum, script) => sum + gzipSync(readFileSync(join(folder, script))).length, 0)

test('the first screen needs at most 20 KB of gzipped JavaScript', ({ folder, scripts }) => {
  const first = scripts.filter((name) => /^assets\/(start|page)-/.test(name))
  assert.equal(first.length, 2, first.join())
  assert.ok(gzipped(folder, first) <= 20_000, `${gzipped(folder, first)} bytes`)
})

test('all JavaScript is at most 34 KB gzipped', ({ folder, scripts }) => {
  assert.ok(gzipped(folder, scripts) <= 34_000, `${gzipped(folder, scripts)} bytes`)
})

test('the theme and the first request are in a script that runs before the styles and the other scripts are there', ({
  folder,
}) => {
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  const [start, page, styles] = [...html.matchAll(/<(?:script|link)[^>]*"\/assets\/[^>]*>/g)].map(([tag]) => tag)
  const source = /^<script src="\/(assets\/start-[^"]*)">$/.exec(start!)?.[1]
  assert.ok(source, start)
  assert.match(page!, /^<script type="module".*page-/)
  assert.match(styles!, /^<link rel="stylesheet"/)
  assert.doesNotMatch(readFileSync(join(folder, source), 'utf8'), /\b(import|export)\b/, 'it is a module')
})

test('one stylesheet has the styles of all parts, since none is loaded with a part', ({ folder }) => {
  const styles = readdirSync(join(folder, 'assets')).filter((name) => name.endsWith('.css'))
  assert.equal(styles.length, 1, styles.join())
  assert.ok(readFileSync(join(folder, 'index.html'), 'utf8').includes(styles[0]!))
})

test('the page has no inline script and no inline style', ({ folder }) => {
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  assert.doesNotMatch(html, /<script(?![^>]* src=)[^>]*>/)
  assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=/)
})

test('the page links to the licenses of all that it bundles', ({ folder }) => {
  assert.match(readFileSync(join(folder, 'index.html'), 'utf8'), /<link rel="license" href="\/licenses\.txt"/)
  const packages = readFileSync(join(folder, 'licenses.txt'), 'utf8').split(/^## /m).slice(1)
  assert.deepEqual(packages.map((text) => text.replace(/ - [\s\S]*/, '')).sort(), [
    '@preact/signals',
    '@preact/signals-core',
    'preact',
  ])
  for (const text of packages) assert.match(text, /^\S+ - \S+ \(MIT\)\n[\s\S]*Copyright/)
})

test('no source file sets HTML', () => {
  for (const entry of readdirSync('web/src', { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(entry)) continue
    const source = readFileSync(join('web/src', entry), 'utf8')
    assert.doesNotMatch(source, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/, entry)
  }
})

test('the files that the service worker caches exist', ({ folder, scripts }) => {
  const listed = JSON.parse(/const FILES = (\[.*\])/.exec(readFileSync(join(folder, 'sw.js'), 'utf8'))![1]!) as string[]
  for (const file of listed) assert.ok(readFileSync(join(folder, file === './' ? 'index.html' : file)), file)
  for (const script of scripts) assert.ok(listed.includes(`./${script}`), script)
})

test.run()

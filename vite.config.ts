import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { defineConfig, type Plugin } from 'vite'

/** The address of the local server (npm start), whose API the development server passes on. */
const LOCAL_SERVER = process.env.XMONITOR_URL ?? 'http://127.0.0.1:4180'

/** Kept for the page without a network, besides what the build makes. */
const PUBLIC_FILES = ['./config.json', './theme.js', './icon.svg', './manifest.webmanifest']

export default defineConfig({
  root: 'web',
  server: { proxy: { '/api': LOCAL_SERVER, '/v1': LOCAL_SERVER } },
  plugins: [plainImports(), serviceWorker()],
  build: {
    target: 'es2022',
    // light-dark() stays as it is: what lowers it costs more than it helps.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: false,
    emptyOutDir: true,
    rolldownOptions: {
      // One file for the first screen, one for what comes after it; not one for each thing they share.
      output: {
        codeSplitting: {
          groups: [
            { name: 'page', test: /src\/main\.tsx$/, priority: 1 },
            { name: 'later', test: /src\/later\.ts$/ },
          ],
        },
      },
    },
  },
})

/** Leaves out what loads the styles of a part before its code, 0.6 KB: all styles are in one file, which the page asks for. */
function plainImports(): Plugin {
  return {
    name: 'plain-imports',
    apply: 'build',
    enforce: 'pre',
    load: (id) => (id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load()' : undefined),
  }
}

/** Adds sw.js: web/sw.js with the names of the build's files, and a version that changes with them. */
function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    // After Vite's own plugins, which drop files that turn out empty.
    enforce: 'post',
    generateBundle(_, bundle) {
      const files = [
        './',
        ...PUBLIC_FILES,
        ...Object.keys(bundle)
          .filter((name) => name.startsWith('assets/'))
          .map((name) => `./${name}`),
      ]
      const source = readFileSync(new URL('web/sw.js', import.meta.url), 'utf8')
      const version = createHash('sha256').update(source).update(files.join()).digest('hex').slice(0, 12)
      this.emitFile({
        type: 'asset',
        fileName: 'sw.js',
        source: source
          .replace('self.__FILES__', JSON.stringify(files))
          .replace('self.__VERSION__', JSON.stringify(`xmonitor-${version}`)),
      })
    },
  }
}

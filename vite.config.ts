import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { defineConfig, loadEnv, type Plugin } from 'vite'

const env = loadEnv('', import.meta.dirname, 'XMONITOR_')

/** The local server (npm start), to which the development server proxies API requests. */
const LOCAL_SERVER = env.XMONITOR_URL || 'http://127.0.0.1:4180'

/** Cached for offline use, besides the build's output. */
const PUBLIC_FILES = ['./icon.svg', './manifest.webmanifest']

export default defineConfig({
  root: 'web',
  server: { proxy: { '/api': LOCAL_SERVER, '/v1': LOCAL_SERVER } },
  plugins: [classicJsx(), plainImports(), plainExports(), startScript(), serviceWorker()],
  // Leaves the hooks of that browser extension out.
  define: { 'window.__PREACT_SIGNALS_DEVTOOLS__': 'false' },
  build: {
    target: 'es2022',
    // light-dark() is left alone: lowering it costs more than it helps.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: false,
    // 0.4 KB smaller than Vite's own. Reading a signal subscribes to it, so no read may be dropped. What is unsafe is to
    // write `a${b}` as 'a' + b, which differs for symbols and for objects with a valueOf of their own. Statements that are
    // joined by commas are no shorter, and compress less well.
    minify: 'terser',
    terserOptions: {
      module: true,
      ecma: 2020,
      compress: { passes: 3, sequences: false, pure_getters: false, unsafe: true, unsafe_arrows: true },
    },
    emptyOutDir: true,
    license: { fileName: 'licenses.txt' },
    rolldownOptions: {
      // One file for what must run first (see startScript); one for the first screen. The rest is loaded on demand, and
      // becomes a file by itself.
      output: {
        codeSplitting: {
          groups: [
            { name: 'start', test: /src\/(theme|first-request)\.ts$/, priority: 2 },
            { name: 'page', test: /src\/main\.tsx$/, priority: 1 },
          ],
        },
      },
    },
  },
})

/** Calls h(type, props, child, ...) in place of the newer runtime's function: 0.3 KB smaller, since no child needs a name. */
function classicJsx(): Plugin {
  return {
    name: 'classic-jsx',
    apply: 'build',
    config: () => ({
      oxc: { jsx: { runtime: 'classic', pragma: 'h', pragmaFrag: 'Fragment' } },
      build: {
        rolldownOptions: { transform: { inject: { h: ['preact', 'h'], Fragment: ['preact', 'Fragment'] } } },
      },
    }),
  }
}

/** Drops Vite's loader of a chunk's styles, 0.6 KB: all styles are in one file, which the page loads anyway. */
function plainImports(): Plugin {
  return {
    name: 'plain-imports',
    apply: 'build',
    enforce: 'pre',
    load: (id) => (id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load()' : undefined),
  }
}

/** Lets chunks export what the minifier named, rather than `name as other`: 0.1 KB smaller. */
function plainExports(): Plugin {
  return {
    name: 'plain-exports',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      const named: Record<string, Map<string, string>> = {}
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
      for (const chunk of chunks)
        if (!chunk.isDynamicEntry)
          chunk.code = chunk.code.replace(/export\{([^}]*)\};?\s*$/, (_, list: string) => {
            const pairs = list.split(',').map((pair) => pair.split(' as ') as [string, string?])
            named[chunk.fileName] = new Map(pairs.map(([name, other = name]) => [other, name]))
            return `export{${pairs.map(([name]) => name)}};`
          })
      for (const chunk of chunks)
        chunk.code = chunk.code.replace(/import\{([^}]*)\}from"\.\/([^"]*)"/g, (_, list: string, file: string) => {
          const pairs = list.split(',').map((pair) => pair.split(' as ') as [string, string?])
          return `import{${pairs.map(([other, local = other]) => `${named[`assets/${file}`]!.get(other)} as ${local}`)}}from"./${file}"`
        })
    },
  }
}

/**
 * Makes the start chunk a classic script, which the parser runs as soon as it has arrived: a module would wait for the whole
 * page. The theme is then set before the first paint, and the first request is sent while the rest is still loading. The
 * modules find what it exports in a global.
 */
function startScript(): Plugin {
  return {
    name: 'start-script',
    apply: 'build',
    enforce: 'post',
    transformIndexHtml: {
      order: 'post',
      handler: (html) => html.replace(/<script [^>]*(?=src="\/assets\/start-)/, '<script '),
    },
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue
        if (chunk.name === 'start')
          chunk.code = `(()=>{${chunk.code.replace(
            /export\s*\{([^}]*)\};?\s*$/,
            (_, names: string) => `globalThis.xmonitor={${names.replace(/([\w$]+) as ([\w$]+)/g, '$2:$1')}}`,
          )}})()`
        else
          chunk.code = chunk.code.replace(
            /import\s*\{([^}]*)\}\s*from\s*"\.\/start-[^"]*"/,
            (_, names: string) => `const{${names.replaceAll(' as ', ':')}}=xmonitor`,
          )
      }
    },
  }
}

/** Adds sw.js: web/sw.js with the names of the build's files and a version that changes with them. */
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

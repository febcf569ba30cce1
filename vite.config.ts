import { defineConfig } from 'vite'

/** The address of the local server (npm start), whose API the development server passes on. */
const LOCAL_SERVER = process.env.XMONITOR_URL ?? 'http://127.0.0.1:4180'

export default defineConfig({
  root: 'web',
  // Relative addresses: one build serves under any path.
  base: './',
  server: { proxy: { '/api': LOCAL_SERVER, '/v1': LOCAL_SERVER } },
  build: {
    target: 'es2022',
    // light-dark() stays as it is: what lowers it costs more than it helps.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: false,
    emptyOutDir: true,
    reportCompressedSize: true,
  },
})

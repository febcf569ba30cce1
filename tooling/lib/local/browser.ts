import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { Failure } from '../errors.ts'

const PLACES = [
  process.env.CHROMIUM_BIN,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** The Chromium installed here, or undefined. */
export const browserProgram = PLACES.find((place) => place && existsSync(place))

/** Starts it without a window, and without its calls home, which would fail in a closed network. */
export function launchBrowser(): Promise<Browser> {
  if (!browserProgram)
    throw new Failure('No Chromium found.', 'Install it (Debian: apt-get install chromium), or set CHROMIUM_BIN.')
  return chromium.launch({
    executablePath: browserProgram,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

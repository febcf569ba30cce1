import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { Failure } from '../errors.ts'
import { PROJECT } from '../project.ts'

/** What a service is started with: the flags of npm run follow, with paths that hold from any folder. */
export type Service = {
  source: string
  url: string
  tokenFile: string
  state: string
  rejects: string
  status: string
  /** Flags that are the same on every machine. */
  more: readonly string[]
}

const NAME = 'xmonitor-follow'
const LABEL = 'com.openclaw.xmonitor.follow'

const UNITS = { launchd, systemd, compose }

export type UnitKind = keyof typeof UNITS

/** The text of a unit for this machine, ready to be saved under the name that its first line gives. */
export function printUnit(kind: string, service: Service): string {
  if (!Object.hasOwn(UNITS, kind))
    throw new Failure(`Invalid --print '${kind}'.`, `Give one of ${Object.keys(UNITS).join(', ')}.`, 2)
  return UNITS[kind as UnitKind](service)
}

function flagsOf({ source, url, tokenFile, state, rejects, status, more }: Service): string[] {
  return [
    ...['--source', resolve(source), '--url', url, '--token-file', resolve(tokenFile)],
    ...['--state', resolve(state), '--rejects', resolve(rejects), '--status-file', resolve(status)],
    ...more,
  ]
}

function commandLine(service: Service): string[] {
  return [process.execPath, '--import', 'tsx', join(PROJECT, 'tooling/follow.ts'), ...flagsOf(service)]
}

function launchd(service: Service): string {
  // A folder that exists before the follower's first start.
  const log = join(homedir(), `Library/Logs/${NAME}.log`)
  const words = commandLine(service).map((word) => `    <string>${escapeXml(word)}</string>`)
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- Save as ~/Library/LaunchAgents/${LABEL}.plist, then: launchctl bootstrap gui/$(id -u) ~/Library/LaunchAgents/${LABEL}.plist -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${words.join('\n')}
  </array>
  <key>WorkingDirectory</key>
  <string>${escapeXml(PROJECT)}</string>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <true/>
  <key>ProcessType</key>
  <string>Background</string>
  <key>StandardOutPath</key>
  <string>${escapeXml(log)}</string>
  <key>StandardErrorPath</key>
  <string>${escapeXml(log)}</string>
</dict>
</plist>`
}

function systemd(service: Service): string {
  return `# Save as ~/.config/systemd/user/${NAME}.service, then: systemctl --user enable --now ${NAME}
# To run it while nobody is logged in: loginctl enable-linger
[Unit]
Description=XMonitor: keeps Postgres equal to the monitor's file

[Service]
WorkingDirectory=${PROJECT.replaceAll('%', '%%')}
ExecStart=${commandLine(service).map(quoteForSystemd).join(' ')}
Restart=always
RestartSec=5
NoNewPrivileges=yes

[Install]
WantedBy=default.target`
}

/** In the container the folders have names of their own; a folder is mounted, so that a file that is replaced is seen. */
function compose(service: Service): string {
  refuseUnreachable(service.url)
  const source = resolve(service.source)
  const token = resolve(service.tokenFile)
  const inside: Service = {
    ...service,
    source: join('/source', basename(source)),
    tokenFile: join('/token', basename(token)),
  }
  const data = dirname(resolve(service.state))
  for (const kind of ['state', 'rejects', 'status'] as const) {
    if (dirname(resolve(service[kind])) !== data)
      throw new Failure(
        `${service[kind]} is not in ${data}.`,
        'For compose, keep the state, reject and status files in one folder.',
        2,
      )
    inside[kind] = join('/data', basename(service[kind]))
  }
  const quoted = (words: readonly string[]) =>
    `[${words.map((word) => JSON.stringify(word.replaceAll('$', '$$$$'))).join(', ')}]`
  const volumes = [
    `${PROJECT}:/app`,
    'modules:/app/node_modules',
    `${dirname(source)}:/source`,
    `${dirname(token)}:/token:ro`,
    `${data}:/data`,
  ]
  return `# Save as follow.yaml, then: docker compose -f follow.yaml up -d
name: ${NAME}
services:
  follow:
    image: node:22.23.2-bookworm
    entrypoint: ["/bin/sh", "/app/infra/tools.sh"]
    command: ${quoted(['node', '--import', 'tsx', 'tooling/follow.ts', ...flagsOf(inside)])}
    working_dir: /app
    # SQLite needs to write beside a file in WAL mode, also to read it.
    volumes: ${quoted(volumes)}
    restart: unless-stopped
    init: true
volumes:
  modules: {}`
}

/** What a container cannot do here. */
function refuseUnreachable(url: string): void {
  if (process.platform !== 'linux')
    throw new Failure(
      "Containers run in a virtual machine here, and SQLite's locks do not reach across it.",
      `Run it beside the monitor: --print ${process.platform === 'darwin' ? 'launchd' : 'systemd'}`,
      2,
    )
  if (/^(localhost|127\..*|\[::1\])$/.test(new URL(url).hostname))
    throw new Failure(
      `A container cannot reach ${url}, which is this machine.`,
      'Give the address of a deployment, or use --print systemd.',
      2,
    )
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Command%20lines */
function quoteForSystemd(word: string): string {
  const escaped = word.replace(/["\\]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')
  return /^[\w./:=@+-]+$/.test(escaped) ? escaped : `"${escaped}"`
}

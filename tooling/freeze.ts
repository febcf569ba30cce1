import { command } from './lib/cli.ts'
import { callText, freeze, freezeCalls, hasLaunchctl, OPTIONS, sessionOf } from './lib/launchd.ts'
import { print } from './lib/output.ts'

await command({
  name: 'freeze',
  about: "Stops and disables the monitor's launchd jobs, so nothing writes to its file during the move.",
  options: OPTIONS,
  example: '--dry-run',
  async run(given) {
    const session = sessionOf(given)
    const launchctl = await hasLaunchctl()
    if (given['dry-run'])
      return { launchctl, calls: session.labels.flatMap((label) => freezeCalls(session, label)).map(callText) }
    return launchctl ? { launchctl, jobs: await freeze(session) } : { launchctl }
  },
  show({ launchctl, calls, jobs }) {
    for (const call of calls ?? []) print(call)
    for (const { label } of jobs ?? []) print(`Frozen: ${label}, stopped and disabled`)
    if (!launchctl) print('launchctl not found, so there are no launchd jobs to stop.')
  },
})

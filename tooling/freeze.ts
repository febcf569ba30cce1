import { command } from './lib/cli.ts'
import { callText, freeze, freezeCalls, hasLaunchctl, OPTIONS, sessionOf } from './lib/launchd.ts'
import { print } from './lib/output.ts'

await command({
  name: 'freeze',
  about: "Stops the monitor's launchd jobs and disables them, so that nothing writes while its file is moved.",
  options: OPTIONS,
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
    if (!launchctl) print('There is no launchctl here, so there are no launchd jobs to stop.')
  },
})

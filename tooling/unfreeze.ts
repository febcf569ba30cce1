import { command } from './lib/cli.ts'
import { callText, hasLaunchctl, OPTIONS, sessionOf, unfreeze, unfreezeCalls } from './lib/launchd.ts'
import { print } from './lib/output.ts'

await command({
  name: 'unfreeze',
  about: "Enables and loads the monitor's launchd jobs again, after freeze.",
  options: OPTIONS,
  example: '--dry-run',
  async run(given) {
    const session = sessionOf(given)
    const launchctl = await hasLaunchctl()
    if (given['dry-run'])
      return { launchctl, calls: session.labels.flatMap((label) => unfreezeCalls(session, label)).map(callText) }
    return launchctl ? { launchctl, jobs: await unfreeze(session) } : { launchctl }
  },
  show({ launchctl, calls, jobs }) {
    for (const call of calls ?? []) print(call)
    for (const { label } of jobs ?? []) print(`Running again: ${label}, enabled and loaded`)
    if (!launchctl) print('launchctl not found, so there are no launchd jobs to start.')
  },
})

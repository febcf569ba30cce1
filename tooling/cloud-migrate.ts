import { command } from './lib/cli.ts'
import { regionOf } from './lib/cloud/aws.ts'
import { environment, readSettings } from './lib/cloud/plan.ts'
import { move } from './lib/cloud/remote-migrate.ts'
import { print } from './lib/output.ts'

await command({
  name: 'cloud:migrate',
  about: "Moves a monitor's SQLite file into the database on AWS and validates it, inside the private network.",
  options: {
    env: { about: 'the environment', value: 'NAME', required: true },
    source: { about: "the monitor's SQLite file", value: 'FILE', required: true },
    region: { about: "the region (default: the AWS CLI's)", value: 'NAME' },
  },
  example: '--env staging --source x_monitor.db',
  async run({ env, source, region }) {
    // Before anything asks AWS, and so for credentials.
    readSettings(env)
    return move(environment(env, 'ecs-express', await regionOf(region)), source)
  },
  show({ run, reports }) {
    print(`Moved and validated by the build ${run}; the reports are in ${reports}.`)
  },
})

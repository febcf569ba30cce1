import { command } from './lib/cli.ts'
import { regionOf } from './lib/cloud/aws.ts'
import { destroy } from './lib/cloud/destruction.ts'
import { checkEnv } from './lib/cloud/plan.ts'
import { print } from './lib/output.ts'

await command({
  name: 'destroy',
  about: 'Deletes an environment on AWS, except what is protected, and lists what is kept.',
  options: {
    env: { about: 'the environment', value: 'NAME', required: true },
    only: { about: 'only this stack, such as edge or api-apprunner', value: 'STACK' },
    region: { about: "the region (default: the AWS CLI's)", value: 'NAME' },
    yes: { about: 'confirm the deletion' },
  },
  example: '--env staging --yes',
  async run({ env, only, region, yes }) {
    // Before anything asks the AWS CLI.
    checkEnv(env)
    return destroy(env, await regionOf(region), { only, yes })
  },
  show({ deleted, kept }) {
    print(deleted.length ? `Deleted: ${deleted.join(', ')}` : 'Nothing to delete.')
    for (const line of kept) print(`Kept: ${line}`)
  },
})

import { command } from './lib/cli.ts'
import { regionOf } from './lib/cloud/aws.ts'
import { destroy } from './lib/cloud/destruction.ts'
import { print } from './lib/output.ts'

await command({
  name: 'destroy',
  about: 'Takes an environment down on AWS, except what is protected, and says what stays.',
  options: {
    env: { about: 'the environment', value: 'NAME', required: true },
    only: { about: 'one stack alone, such as edge or api-apprunner', value: 'STACK' },
    region: { about: "the region (default: the AWS CLI's)", value: 'NAME' },
    yes: { about: 'really do it' },
  },
  run: async ({ env, only, region, yes }) => destroy(env, await regionOf(region), { only, yes }),
  show({ deleted, stays }) {
    print(deleted.length ? `Deleted: ${deleted.join(', ')}` : 'There was nothing to delete.')
    for (const line of stays) print(`Stays: ${line}`)
  },
})

import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { type Call, judge, type Known } from '../../tooling/lib/api/contract.ts'
import { READS, TOKEN_READ } from '../../tooling/lib/api/contract-reads.ts'
import { type Api, ENGINES, startApi } from '../support/api.ts'
import { CALLS } from './calls/calls.ts'

// One suite of calls for every engine that is here; npm run smoke asks READS of one that is deployed.

for (const engine of ENGINES) {
  const contract = suite(`contract, ${engine}`, {} as { api: Api; known: Known })

  contract.before(async (context) => {
    context.api = await startApi(engine)
    context.known = {}
  })

  contract.after(async ({ api }) => {
    await api?.stop()
  })

  const holds = (call: Call) =>
    contract(call.name, async ({ api, known }) => {
      const { outcome, why } = await judge(api.target, call, known)
      assert.equal(outcome, 'passed', why)
    })

  for (const call of [...READS, TOKEN_READ, ...CALLS]) holds(call)

  contract('a wrong response is detected', async ({ api }) => {
    const wrong: Call[] = [
      { name: 'status', path: '/health', status: 201 },
      { name: 'header', path: '/health', status: 200, answers: { 'content-type': /^text\/plain/ } },
      { name: 'body', path: '/health', status: 200, check: ({ body }) => assert.equal(body.length, 2) },
    ]
    for (const call of wrong) assert.equal((await judge(api.target, call)).outcome, 'failed', call.name)
  })

  contract.run()
}

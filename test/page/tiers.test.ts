import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import { parse } from 'yaml'
import { PROJECT } from '../../tooling/lib/project.ts'
import { TIERS } from '../../web/src/filters.ts'

const test = suite('tiers of the page')

test('the page offers every tier of the contract', () => {
  const contract = parse(readFileSync(join(PROJECT, 'docs/openapi.v1.yaml'), 'utf8'))
  assert.deepEqual([...TIERS].sort(), [...contract.components.schemas.Tier.enum, 'other'].sort())
})

test.run()

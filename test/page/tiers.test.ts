import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import { parse } from 'yaml'
import { PROJECT } from '../../tooling/lib/project.ts'
import { TIERS, WATCHED_TIERS } from '../../web/src/filters.ts'

const test = suite('tiers of the page')

test('the page offers every tier of the contract', () => {
  const contract = parse(readFileSync(join(PROJECT, 'docs/openapi.v1.yaml'), 'utf8'))
  assert.deepEqual([...TIERS].sort(), [...contract.components.schemas.Tier.enum, 'other'].sort())
})

test('every tier has a color of its own', () => {
  const styles = readFileSync(join(PROJECT, 'web/src/styles/post.css'), 'utf8')
  const colors = WATCHED_TIERS.map((tier) => new RegExp(`^\\.${tier} \\{\\s+--tier: (.+);`, 'm').exec(styles)?.[1])
  assert.equal(new Set(colors.filter(Boolean)).size, WATCHED_TIERS.length, colors.join())
})

test.run()

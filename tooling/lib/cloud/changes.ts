import { progress } from '../output.ts'

/** What CloudFormation says it would do to one resource. */
export type Change = {
  Action: 'Add' | 'Modify' | 'Remove' | 'Import' | 'Dynamic'
  LogicalResourceId: string
  ResourceType: string
  Replacement?: 'True' | 'False' | 'Conditional'
  PolicyAction?: string
  Details?: { Target?: { Attribute?: string; Name?: string } }[]
}

/** Whether something that exists would be gone afterwards, or might be. */
export function dangerous({ Action, Replacement }: Change): boolean {
  return Action === 'Remove' || (Action === 'Modify' && Replacement !== undefined && Replacement !== 'False')
}

/** One line per change on stderr; what is only added is one line together. */
export function showChanges(changes: Change[]): void {
  const added = changes.filter(({ Action }) => Action === 'Add')
  if (added.length > 0) progress(`  + ${added.map((change) => change.LogicalResourceId).join(', ')}`)
  for (const change of changes) if (change.Action !== 'Add') progress(`  ${line(change)}`)
}

function line(change: Change): string {
  const { LogicalResourceId: id, ResourceType: type } = change
  const kept = change.PolicyAction === 'Retain' ? ' (what it stands for is kept)' : ''
  if (change.Action === 'Remove') return `- ${id} (${type}) is deleted${kept}`
  const because = [...new Set((change.Details ?? []).map(({ Target }) => Target?.Name ?? Target?.Attribute))]
    .filter(Boolean)
    .join(', ')
  if (!dangerous(change)) return `~ ${id} (${type})${because && `: ${because}`}`
  const fate = change.Replacement === 'True' ? 'is replaced' : 'may be replaced'
  return `! ${id} (${type}) ${fate}${because && ` because of ${because}`}`
}

import { progress } from '../output.ts'

/** What a change set does to one resource. */
export type Change = {
  Action: 'Add' | 'Modify' | 'Remove' | 'Import' | 'Dynamic'
  LogicalResourceId: string
  ResourceType: string
  Replacement?: 'True' | 'False' | 'Conditional'
  PolicyAction?: string
  Details?: { Target?: { Attribute?: string; Name?: string } }[]
}

/** Whether an existing resource would be lost, or might be. */
export function isDestructive({ Action, Replacement }: Change): boolean {
  return Action === 'Remove' || (Action === 'Modify' && Replacement !== undefined && Replacement !== 'False')
}

/** Prints one line per change; all additions share a line. */
export function showChanges(changes: Change[]): void {
  const added = changes.filter(({ Action }) => Action === 'Add')
  if (added.length > 0) progress(`  + ${added.map((change) => change.LogicalResourceId).join(', ')}`)
  for (const change of changes) if (change.Action !== 'Add') progress(`  ${line(change)}`)
}

function line(change: Change): string {
  const { LogicalResourceId: id, ResourceType: type } = change
  const note = change.PolicyAction === 'Retain' ? ' (the resource itself is kept)' : ''
  if (change.Action === 'Remove') return `- ${id} (${type}) is deleted${note}`
  const because = [...new Set((change.Details ?? []).map(({ Target }) => Target?.Name ?? Target?.Attribute))]
    .filter(Boolean)
    .join(', ')
  if (!isDestructive(change)) return `~ ${id} (${type})${because && `: ${because}`}`
  const fate = change.Replacement === 'True' ? 'is replaced' : 'may be replaced'
  return `! ${id} (${type}) ${fate}${because && ` because of ${because}`}`
}

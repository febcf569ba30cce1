import type { Migration, Problem } from './db-lock.ts'

const CREATED = /\bcreate (?:or replace )?(?:table|view|materialized view|domain|type|function|procedure) ([^\s(]+\(?)/g
const NAMED = /\b(?:api|public)\.(?:\w+|"[^"]+")\(?/g

/**
 * A new database applies all files in the order of their versions. A file that gets a newer version, to be applied again,
 * may so end up behind files that need its objects: those need newer versions too.
 */
export function checkOrder(migrations: Migration[]): Problem[] {
  const dependents = dependentsByFile(migrations)
  return migrations.flatMap(({ file, version }) => {
    const tooEarly = migrations.filter((each) => each.version < version && dependents.get(file)!.has(each.file))
    if (tooEarly.length === 0) return []
    const fact = `creates what files with older versions need: ${tooEarly.map((each) => each.file).join(', ')}.`
    return { file, fact, next: 'Rename these to newer versions too, in this order.' }
  })
}

/** The files that depend on each file, directly or through others: every object in db/ is named with its schema. */
function dependentsByFile(migrations: Migration[]): Map<string, Set<string>> {
  const texts = migrations.map(({ file, sql }) => ({ file, text: resolvedText(sql) }))
  const creator = new Map<string, string>()
  // The first one: a later file may replace a function that tables need.
  for (const { file, text } of texts)
    for (const [, name] of text.matchAll(CREATED)) if (!creator.has(name!)) creator.set(name!, file)

  const direct = texts.map(({ file, text }) => {
    const needed = [...text.matchAll(NAMED)].map(([name]) => creatorOf(name, creator))
    return { file, needed: new Set(needed.filter((other) => other !== undefined && other !== file)) }
  })
  function collect(file: string, found = new Set<string>()): Set<string> {
    for (const { file: dependent, needed } of direct)
      if (needed.has(file) && !found.has(dependent)) collect(dependent, found.add(dependent))
    return found
  }
  return new Map(migrations.map(({ file }) => [file, collect(file)]))
}

/** `name(` is a function, unless only a relation has that name; `grant ... on function name` has no parenthesis. */
function creatorOf(name: string, creator: Map<string, string>): string | undefined {
  return creator.get(name) ?? creator.get(name.replace('(', '')) ?? creator.get(`${name}(`)
}

/** The part of a file whose names Postgres resolves when it applies it: no comments, and no bodies in PL/pgSQL. */
function resolvedText(sql: string): string {
  const [up = ''] = sql.split(/^-- migrate:down/m)
  const text = up.replace(/--.*$/gm, '').replace(/^comment on [\s\S]*?';$/gm, '')
  return text.replace(/^language plpgsql$[\s\S]*?^\$\$;/gm, '')
}

import type { ComponentChild } from 'preact'

export type Fact = [name: string, value: ComponentChild]

/** Names and values, without those that have no value; nothing if none has. */
export function Facts({ title, facts }: { title: string; facts: Fact[] }) {
  const known = facts.filter(([, value]) => value)
  if (!known.length) return null
  return (
    <section class="facts">
      <h3>{title}</h3>
      <dl>
        {known.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

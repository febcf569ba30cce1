import type { Stats } from '../api.ts'
import { useApp } from '../app-context.ts'
import { type Filters, NO_FILTERS, WATCHED_TIERS } from '../filters.ts'
import { capitalize, whole } from '../format.ts'
import { writePlace } from '../place.ts'
import { countOf, loadStats, stats, statsError } from '../stats.ts'
import { ActivityChart } from './ActivityChart.tsx'
import { Failed } from './Failed.tsx'
import { PanelBar } from './PanelBar.tsx'
import { TimeAgo } from './TimeAgo.tsx'

/** The posts of the filters in numbers and per day; the watchlist and the latest run. */
export function Overview() {
  const state = useApp()
  const error = statsError.value
  return (
    <>
      <PanelBar
        title={<>Overview {state.chips.value.length > 0 && <span class="scope">of the filtered posts</span>}</>}
      />
      <div class="details">
        {error ? <Failed error={error} retry={() => loadStats(state)} /> : <Numbers stats={stats.value?.numbers} />}
        {/* It does not use the dates of the filters, which may be what is wrong. */}
        {(!error || error.kind === 'refused') && <ActivityChart />}
      </div>
    </>
  )
}

function Numbers({ stats }: { stats: Stats | undefined }) {
  // Every number leads to what it counts; those of the watchlist to the posts of its accounts.
  const { filters } = useApp()
  const link = (to: Partial<Filters>, text: string | false | undefined) =>
    text && <a href={writePlace({ filters: { ...filters.value, ...to } })}>{text}</a>
  const run = stats?.newest_run
  return (
    <>
      <dl class="totals">
        <div>
          <dt>posts</dt>
          <dd>{link({}, stats && countOf(stats, 'posts'))}</dd>
        </div>
        <div>
          <dt>significant</dt>
          <dd>{link({ significant: true }, stats && countOf(stats, 'significant'))}</dd>
        </div>
        <div>
          <dt>unreported</dt>
          <dd>{link({ significant: true, reported: false }, stats && countOf(stats, 'unreported'))}</dd>
        </div>
      </dl>
      <section class="facts">
        <h3>Watchlist</h3>
        <dl>
          {WATCHED_TIERS.map((tier) => (
            <div key={tier}>
              <dt>{capitalize(tier)}</dt>
              <dd>{link({ ...NO_FILTERS, tiers: [tier] }, stats && whole(stats.watchlist[tier]))}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section class="facts">
        <h3>Latest run</h3>
        <dl>
          <div>
            <dt>{run?.mode ?? 'mode'}</dt>
            <dd>{run && <TimeAgo at={run.run_at} />}</dd>
          </div>
          <div>
            <dt>result</dt>
            <dd>{run && describeRun(run)}</dd>
          </div>
        </dl>
      </section>
    </>
  )
}

function describeRun({ fetched_count, significant_count, reported_count }: NonNullable<Stats['newest_run']>): string {
  const number = (value: number | null) => (value === null ? '?' : whole(value))
  return `${number(fetched_count)} ${fetched_count === 1 ? 'post' : 'posts'}, ${number(significant_count)} significant, ${number(reported_count)} reported`
}

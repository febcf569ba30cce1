import type { Stats } from '../api.ts'
import { useApp } from '../app-context.ts'
import { WATCHED_TIERS } from '../filters.ts'
import { capitalize, counted, whole } from '../format.ts'
import { countsOf, loadStats, stats } from '../stats.ts'
import { ActivityChart } from './ActivityChart.tsx'
import { Facts } from './Facts.tsx'
import { Failed } from './Failed.tsx'
import { PanelBar } from './PanelBar.tsx'
import { SinceLastVisit } from './SinceLastVisit.tsx'
import { TimeAgo } from './TimeAgo.tsx'
import { TopPosts } from './TopPosts.tsx'

/** What is new, the posts of the filters in numbers and per day, the top ones; the watchlist and the latest run. */
export function Overview() {
  const state = useApp()
  const { error } = stats.value
  return (
    <>
      <PanelBar
        title={<>Overview {state.chips.value.length > 0 && <span class="scope">of the filtered posts</span>}</>}
      />
      <div class="details">
        {error ? <Failed error={error} retry={() => loadStats(state)} /> : <Totals />}
        {/* It does not use the dates of the filters, which may be what is wrong. */}
        {(!error || error.kind === 'refused') && <ActivityChart />}
        {!error && (
          <>
            <TopPosts />
            <Collection />
          </>
        )}
      </div>
    </>
  )
}

function Totals() {
  const { filters } = useApp()
  const { numbers } = stats.value
  return (
    <>
      <SinceLastVisit />
      <dl class="totals">
        {numbers &&
          countsOf(numbers, filters.value).map(([count, name, href]) => (
            <div key={href}>
              <dt>{name}</dt>
              <dd>
                <a href={href}>{count}</a>
              </dd>
            </div>
          ))}
      </dl>
    </>
  )
}

/** What does not depend on the filters. The numbers of the watchlist lead to the posts of its accounts. */
function Collection() {
  const { watchlist, newest_run: run } = stats.value.numbers ?? {}
  return (
    <>
      {watchlist && (
        <Facts
          title="Watchlist"
          facts={WATCHED_TIERS.map((tier) => [
            capitalize(tier),
            <a key={tier} href={`?tier=${tier}`}>
              {whole(watchlist[tier])}
            </a>,
          ])}
        />
      )}
      {run && (
        <Facts
          title="Latest run"
          facts={[
            [run.mode, <TimeAgo key="at" at={run.run_at} />],
            ['result', describeRun(run)],
          ]}
        />
      )}
    </>
  )
}

function describeRun({ fetched_count, significant_count, reported_count }: NonNullable<Stats['newest_run']>): string {
  const number = (value: number | null) => (value === null ? '?' : whole(value))
  return `${fetched_count === null ? '? posts' : counted(fetched_count)}, ${number(significant_count)} significant, ${number(reported_count)} reported`
}

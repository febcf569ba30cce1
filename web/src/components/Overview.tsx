import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Stats } from '../api.ts'
import type { ApiError } from '../api-error.ts'
import { useApp } from '../app-context.ts'
import { WATCHED_TIERS } from '../filters.ts'
import { capitalize, whole } from '../format.ts'
import { fitsSidePanel } from '../screen.ts'
import { ActivityChart } from './ActivityChart.tsx'
import { Icon } from './Icon.tsx'
import { Notice } from './Notice.tsx'
import { TimeAgo } from './TimeAgo.tsx'

/** The collection in numbers, and posts per day. */
export function Overview() {
  const { api, place, close, timeline } = useApp()
  const stats = useSignal<Stats | undefined>()
  const error = useSignal<ApiError | undefined>()
  const load = () => {
    api.stats().then(
      (found) => {
        stats.value = found
        error.value = undefined
      },
      (problem) => {
        error.value = problem
      },
    )
  }
  // Whenever the feed is found up to date, this is too.
  useEffect(load, [timeline.checkedAt.value])
  return (
    <>
      <header class="panel-bar">
        {(place.value.view || !fitsSidePanel.value) && (
          <button type="button" class="square" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        )}
        <h2>Overview</h2>
      </header>
      <div class="details">
        {error.value ? (
          <Notice alert text={error.value.message}>
            <button type="button" onClick={load}>
              Try again
            </button>
          </Notice>
        ) : (
          <Numbers stats={stats.value} />
        )}
        <ActivityChart newest={stats.value?.newest_post_at} />
      </div>
    </>
  )
}

function Numbers({ stats }: { stats: Stats | undefined }) {
  // Every number leads to what it counts; those of the watchlist to the posts of its accounts.
  const link = (href: string, value: number | undefined) => value !== undefined && <a href={href}>{whole(value)}</a>
  const run = stats?.newest_run
  return (
    <>
      <dl class="totals">
        <div>
          <dt>posts</dt>
          <dd>{link('?', stats?.posts)}</dd>
        </div>
        <div>
          <dt>significant</dt>
          <dd>{link('?significant=1', stats?.significant)}</dd>
        </div>
        <div>
          <dt>unreported</dt>
          <dd>{link('?significant=1&reported=0', stats?.unreported)}</dd>
        </div>
      </dl>
      <section class="facts">
        <h3>Watchlist</h3>
        <dl>
          {WATCHED_TIERS.map((tier) => (
            <div key={tier}>
              <dt>{capitalize(tier)}</dt>
              <dd>{link(`?tier=${tier}`, stats?.watchlist[tier])}</dd>
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

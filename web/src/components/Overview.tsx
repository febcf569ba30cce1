import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { tierName } from '../address.ts'
import type { ApiError, Stats } from '../api.ts'
import { useApp } from '../app.ts'
import { whole } from '../format.ts'
import { roomy } from '../screen.ts'
import { ActivityChart } from './ActivityChart.tsx'
import { Icon } from './Icon.tsx'
import { Notice } from './Notice.tsx'
import { TimeAgo } from './TimeAgo.tsx'

/** The whole collection in numbers, and its days. */
export function Overview() {
  const { api, place, close } = useApp()
  const stats = useSignal<Stats | undefined>()
  const error = useSignal<ApiError | undefined>()
  const read = () => {
    error.value = undefined
    api.stats().then(
      (found) => {
        stats.value = found
      },
      (problem) => {
        error.value = problem
      },
    )
  }
  useEffect(read, [])
  return (
    <>
      <header class="beside-bar">
        {(place.value.view || !roomy.value) && (
          <button type="button" class="square" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        )}
        <h2>Overview</h2>
      </header>
      <div class="details">
        {error.value ? (
          <Notice alert text={error.value.message}>
            <button type="button" onClick={read}>
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
  const number = (value: number | undefined) => value !== undefined && whole(value)
  const run = stats?.newest_run
  return (
    <>
      <dl class="totals">
        <div>
          <dt>posts</dt>
          <dd>{number(stats?.posts)}</dd>
        </div>
        <div>
          <dt>significant</dt>
          <dd>{number(stats?.significant)}</dd>
        </div>
        <div>
          <dt>of them unreported</dt>
          <dd>{number(stats?.unreported)}</dd>
        </div>
      </dl>
      <section class="facts">
        <h3>Watchlist</h3>
        <dl>
          {(['teammate', 'influencer', 'ecosystem'] as const).map((tier) => (
            <div key={tier}>
              <dt>{tierName(tier)}</dt>
              <dd>{number(stats?.watchlist[tier])}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section class="facts">
        <h3>Newest run</h3>
        <dl>
          <div>
            <dt>{run?.mode ?? 'mode'}</dt>
            <dd>{run && <TimeAgo at={run.run_at} />}</dd>
          </div>
          <div>
            <dt>found</dt>
            <dd>{run && runInWords(run)}</dd>
          </div>
        </dl>
      </section>
    </>
  )
}

function runInWords({ fetched_count, significant_count, reported_count }: NonNullable<Stats['newest_run']>): string {
  const number = (value: number | null) => (value === null ? '?' : whole(value))
  return `${number(fetched_count)} ${fetched_count === 1 ? 'post' : 'posts'}, ${number(significant_count)} significant, ${number(reported_count)} reported`
}

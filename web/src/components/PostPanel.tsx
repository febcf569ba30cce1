import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { adjacentPosts, openAdjacent } from '../adjacent-posts.ts'
import type { Post, PostDetails } from '../api.ts'
import type { ApiError } from '../api-error.ts'
import { useApp } from '../app-context.ts'
import { decodeEntities } from '../entities.ts'
import { absolute, ago, shortAbsolute, whole } from '../format.ts'
import { webUrl } from '../text.ts'
import { Author } from './Author.tsx'
import { CopyButton } from './CopyButton.tsx'
import { ExternalLink } from './ExternalLink.tsx'
import { Icon } from './Icon.tsx'
import { Reason, Reported } from './Marks.tsx'
import { METRICS } from './Metrics.tsx'
import { MetricsOverTime } from './MetricsOverTime.tsx'
import { Notice } from './Notice.tsx'
import { PostText } from './PostText.tsx'
import { SimilarPosts } from './SimilarPosts.tsx'

type Shown = Omit<Post, 'cursor' | 'reported_at'> & { reported_at?: string | null | undefined }

/** One post in full. What the timeline has is shown at once, the rest when it is loaded. */
export function PostPanel({ id }: { id: string }) {
  const state = useApp()
  const { api, place, close } = state
  const details = useSignal<PostDetails | undefined>()
  const error = useSignal<ApiError | undefined>()
  const { open, newer, older } = adjacentPosts(state)
  const known = details.value?.post
  const post: Shown | undefined = known ? { ...known, reported_at: details.value?.report?.reported_at } : open
  const heading = useRef<HTMLHeadingElement>(null)

  const load = () => {
    error.value = undefined
    api.post(id).then(
      (found) => {
        details.value = found
      },
      (problem) => {
        error.value = problem
      },
    )
  }
  // Before paint: a reader who moves on at once still gets the focus back where it was.
  useLayoutEffect(() => {
    const row = () => document.getElementById(`post-${id}`)
    load()
    heading.current?.focus({ preventScroll: true })
    row()?.scrollIntoView({ block: 'nearest' })
    // On close, the focus returns to the post in the timeline once that is no longer inert.
    return () =>
      queueMicrotask(() => {
        if (place.peek().post) return
        row()?.scrollIntoView({ block: 'nearest' })
        row()?.focus({ preventScroll: true })
      })
  }, [id])

  return (
    <>
      <header class="panel-bar">
        <button type="button" class="square" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
        <h2 ref={heading} tabIndex={-1}>
          Post
        </h2>
        <button type="button" disabled={!newer} onClick={() => openAdjacent(state, -1)}>
          Newer
        </button>
        <button
          type="button"
          disabled={!older && (!open || state.timeline.ended.value)}
          onClick={() => openAdjacent(state, 1)}
        >
          Older
        </button>
      </header>
      {post && <FullPost post={post} />}
      {error.value ? (
        <PostError error={error.value} id={id} retry={load} />
      ) : details.value ? (
        <>
          <Details {...details.value} />
          <SimilarPosts id={id} />
        </>
      ) : (
        <div class="details waiting" aria-busy="true" />
      )}
    </>
  )
}

function FullPost({ post }: { post: Shown }) {
  const onX = webUrl(post.url)
  return (
    <article class="full-post">
      <Author post={post} />
      <p class="moment">
        <time dateTime={post.discovered_at}>{absolute(Date.parse(post.discovered_at))}</time>
      </p>
      <Reason post={post} />
      {post.body_text && <PostText text={post.body_text} folds={false} />}
      <Reported post={post} />
      <p class="actions">
        {onX && (
          <ExternalLink class="button on-x" href={onX}>
            Open on X
          </ExternalLink>
        )}
        <CopyButton
          label="Copy link"
          text={new URL(`?post=${encodeURIComponent(post.status_id)}`, location.href).href}
        />
      </p>
    </article>
  )
}

function PostError({ error, id, retry }: { error: ApiError; id: string; retry: () => void }) {
  const { close } = useApp()
  const missing = error.kind === 'missing'
  return (
    <Notice alert text={missing ? `Post ${id} not found.` : error.message}>
      <button type="button" onClick={missing ? close : retry}>
        {missing ? 'Back to the feed' : 'Try again'}
      </button>
    </Notice>
  )
}

function Details({ post, snapshots, report }: PostDetails) {
  const { now } = useApp()
  const moment = (time: string) => `${shortAbsolute(Date.parse(time))} (${ago(Date.parse(time), now.value)})`
  return (
    <div class="details">
      <MetricsOverTime post={post} snapshots={snapshots} />
      <Facts
        title="First 24 hours"
        facts={METRICS.map(([metric, , , many]) => [many, signed(post[`refresh_24h_delta_${metric}`])])}
      />
      <Facts
        title="Report"
        facts={
          report
            ? [
                ['when', moment(report.reported_at)],
                ['channel', report.channel],
                ['to', report.destination],
                ['summary', report.summary && decodeEntities(report.summary)],
              ]
            : [['status', 'not reported']]
        }
      />
      <Facts
        title="Collected"
        facts={[
          ['discovered', moment(post.discovered_at)],
          ['last seen', moment(post.last_seen_at)],
          ['posted', post.posted_relative],
          ['source', post.source_query],
          ['24h refresh', post.refresh_24h_at && `${moment(post.refresh_24h_at)} ${post.refresh_24h_status ?? ''}`],
          ['significance', post.significance_version],
          ['id', post.status_id],
        ]}
      />
    </div>
  )
}

const signed = (delta: number | null) => (delta === null ? null : `${delta < 0 ? '−' : '+'}${whole(Math.abs(delta))}`)

type Fact = [name: string, value: string | null | undefined]

/** Names and values, without those that have no value; nothing if none has. */
function Facts({ title, facts }: { title: string; facts: Fact[] }) {
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

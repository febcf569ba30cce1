import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { ApiError, Post, PostDetails } from '../api.ts'
import { useApp } from '../app.ts'
import { absolute, ago, shortAbsolute, whole } from '../format.ts'
import { neighbours, openBeside } from '../neighbours.ts'
import { webAddress } from '../text.ts'
import { CopyButton } from './CopyButton.tsx'
import { Icon } from './Icon.tsx'
import { METRICS } from './Metrics.tsx'
import { MetricsOverTime } from './MetricsOverTime.tsx'
import { Notice } from './Notice.tsx'
import { Out } from './Out.tsx'
import { Author, Marks } from './PostRow.tsx'
import { PostText } from './PostText.tsx'

type Shown = Omit<Post, 'cursor' | 'reported_at'> & { reported_at?: string | null | undefined }

/** The whole of one post. What the timeline knows of it is there at once, the rest when it is read. */
export function PostPanel({ id }: { id: string }) {
  const state = useApp()
  const { api, place, close } = state
  const details = useSignal<PostDetails | undefined>()
  const error = useSignal<ApiError | undefined>()
  const { open, newer, older } = neighbours(state)
  const known = details.value?.post
  const post: Shown | undefined = known ? { ...known, reported_at: details.value?.report?.reported_at } : open
  const heading = useRef<HTMLHeadingElement>(null)

  const read = () => {
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
  // With the drawing, not after it: who goes on at once still gets the focus back where they were.
  useLayoutEffect(() => {
    const row = () => document.getElementById(`post-${id}`)
    read()
    heading.current?.focus({ preventScroll: true })
    row()?.scrollIntoView({ block: 'nearest' })
    // When it closes, the focus goes back to the post in the timeline, as soon as nothing covers that any more.
    return () =>
      queueMicrotask(() => {
        if (place.peek().post) return
        row()?.scrollIntoView({ block: 'nearest' })
        row()?.focus({ preventScroll: true })
      })
  }, [id])

  return (
    <>
      <header class="beside-bar">
        <button type="button" class="square" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
        <h2 ref={heading} tabIndex={-1}>
          Post
        </h2>
        <button type="button" disabled={!newer} onClick={() => openBeside(state, -1)}>
          Newer
        </button>
        <button
          type="button"
          disabled={!older && (!open || state.timeline.ended.value)}
          onClick={() => openBeside(state, 1)}
        >
          Older
        </button>
      </header>
      {post && <Whole post={post} />}
      {error.value ? (
        <Trouble error={error.value} id={id} retry={read} />
      ) : details.value ? (
        <Details {...details.value} />
      ) : (
        <div class="details waiting" aria-busy="true" />
      )}
    </>
  )
}

function Whole({ post }: { post: Shown }) {
  const onX = webAddress(post.url)
  return (
    <article class="whole">
      <Author post={post} />
      <p class="moment">
        <time dateTime={post.discovered_at}>{absolute(Date.parse(post.discovered_at))}</time>
      </p>
      {post.body_text && <PostText text={post.body_text} folds={false} />}
      <Marks post={post} />
      <p class="actions">
        {onX && (
          <Out class="button on-x" href={onX}>
            Open on X
          </Out>
        )}
        <CopyButton
          label="Copy link"
          text={new URL(`?post=${encodeURIComponent(post.status_id)}`, location.href).href}
        />
      </p>
    </article>
  )
}

function Trouble({ error, id, retry }: { error: ApiError; id: string; retry: () => void }) {
  const { close } = useApp()
  const missing = error.kind === 'missing'
  return (
    <Notice alert text={missing ? `There is no post ${id} here.` : error.message}>
      <button type="button" onClick={missing ? close : retry}>
        {missing ? 'Back to the posts' : 'Try again'}
      </button>
    </Notice>
  )
}

function Details({ post, snapshots, report }: PostDetails) {
  const { now } = useApp()
  const moment = (time: string) => `${shortAbsolute(Date.parse(time))} (${ago(Date.parse(time), now.value)})`
  return (
    <div class="details">
      <MetricsOverTime snapshots={snapshots} />
      {post.refresh_24h_at && (
        <Facts title="In the first 24 hours">
          {METRICS.map(([metric, , , many]) => {
            const delta = post[`refresh_24h_delta_${metric}`]
            return (
              <Fact
                key={metric}
                name={many}
                value={delta === null ? undefined : `${delta < 0 ? '−' : '+'}${whole(Math.abs(delta))}`}
              />
            )
          })}
        </Facts>
      )}
      <Facts title="Report">
        {report ? (
          <>
            <Fact name="when" value={moment(report.reported_at)} />
            <Fact name="channel" value={report.channel} />
            <Fact name="to" value={report.destination} />
            <Fact name="summary" value={report.summary} />
          </>
        ) : (
          <Fact name="state" value="not reported" />
        )}
      </Facts>
      <Facts title="Collected">
        <Fact name="discovered" value={moment(post.discovered_at)} />
        <Fact name="last seen" value={moment(post.last_seen_at)} />
        <Fact name="posted" value={post.posted_relative} />
        <Fact name="source" value={post.source_query} />
        <Fact
          name="24h refresh"
          value={post.refresh_24h_at && `${moment(post.refresh_24h_at)} ${post.refresh_24h_status ?? ''}`}
        />
        <Fact name="significance" value={post.significance_version} />
        <Fact name="id" value={post.status_id} />
      </Facts>
    </div>
  )
}

function Facts({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="facts">
      <h3>{title}</h3>
      <dl>{children}</dl>
    </section>
  )
}

function Fact({ name, value }: { name: string; value: string | null | undefined }) {
  if (!value) return null
  return (
    <div>
      <dt>{name}</dt>
      <dd dir="auto">{value}</dd>
    </div>
  )
}

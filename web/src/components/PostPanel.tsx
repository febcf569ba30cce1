import { useLayoutEffect, useRef } from 'preact/hooks'
import { adjacentPosts, openAdjacent, showAround } from '../adjacent-posts.ts'
import type { Post, PostDetails } from '../api.ts'
import type { ApiError } from '../api-error.ts'
import { useApp } from '../app-context.ts'
import { decodeEntities } from '../entities.ts'
import { absolute, ago, shortAbsolute, whole } from '../format.ts'
import { markRead, toggleMuted, toggleRead, toggleSaved } from '../keep.ts'
import { authorLink, postLink } from '../links.ts'
import { webUrl } from '../text.ts'
import { useLoaded } from '../use-loaded.ts'
import { Author } from './Author.tsx'
import { CopyButton } from './CopyButton.tsx'
import { ExternalLink } from './ExternalLink.tsx'
import { Facts } from './Facts.tsx'
import { Failed } from './Failed.tsx'
import { Reason, Reported } from './Marks.tsx'
import { MetricsOverTime } from './MetricsOverTime.tsx'
import { Notice } from './Notice.tsx'
import { PanelBar } from './PanelBar.tsx'
import { PostText } from './PostText.tsx'
import { SimilarPosts } from './SimilarPosts.tsx'
import { Toggle } from './Toggle.tsx'

/** Pixels that a finger moves at least to turn to the next post. */
const MIN_SWIPE = 60

type Shown = Omit<Post, 'cursor' | 'reported_at'> & { reported_at?: string | null | undefined }

/** One post in full. What the timeline has is shown at once, the rest when it is loaded. */
export function PostPanel({ id }: { id: string }) {
  const state = useApp()
  const { api, place } = state
  const {
    answer: details,
    error,
    reload,
  } = useLoaded(async () => {
    const found = await api.post(id)
    void showAround(state, found.post)
    return found
  }, [id])
  const { open, newer, older } = adjacentPosts(state)
  const known = details?.post
  const post: Shown | undefined = known ? { ...known, reported_at: details?.report?.reported_at } : open
  const heading = useRef<HTMLHeadingElement>(null)

  // Before paint: a reader who moves on at once still gets the focus back where it was.
  useLayoutEffect(() => {
    const row = () => document.getElementById(`post-${id}`)
    markRead(state, id, true)
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
      <PanelBar title="Post" headingRef={heading}>
        <button disabled={!newer} onClick={() => openAdjacent(state, -1)}>
          Newer
        </button>
        <button disabled={!older && (!open || state.timeline.ended.value)} onClick={() => openAdjacent(state, 1)}>
          Older
        </button>
      </PanelBar>
      {post && <FullPost post={post} />}
      {error ? (
        <PostError error={error} id={id} retry={reload} />
      ) : details ? (
        <>
          <Details {...details} />
          <SimilarPosts id={id} />
        </>
      ) : (
        <div class="details waiting" aria-busy="true" />
      )}
    </>
  )
}

function FullPost({ post }: { post: Shown }) {
  const state = useApp()
  const { status_id: id, author_handle: handle } = post
  const { saved, read, muted } = state.kept.value
  const onX = webUrl(post.url)
  const link = new URL(postLink(id), location.href).href
  const touched = useRef<Touch>(undefined)
  return (
    <article
      class="full-post"
      onTouchStart={({ touches }) => {
        touched.current = touches.length === 1 ? touches[0] : undefined
      }}
      onTouchEnd={({ changedTouches: [end] }) => {
        const start = touched.current
        if (!start) return
        const x = end!.clientX - start.clientX
        const y = end!.clientY - start.clientY
        if (Math.abs(x) > MIN_SWIPE && Math.abs(x) > 2 * Math.abs(y)) void openAdjacent(state, x < 0 ? 1 : -1)
      }}
    >
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
        {/* Phones share; where that is not possible, the link can be copied. */}
        {navigator.share && <button onClick={() => navigator.share({ url: link }).catch(() => {})}>Share</button>}
        <CopyButton label="Copy link" text={link} />
        <Toggle on={saved.includes(id)} label="Save" set={() => toggleSaved(state, id)} />
        <Toggle on={read[id] === false} label="Unread" set={() => toggleRead(state, id)} />
        <Toggle
          on={muted.includes(`@${handle}`)}
          label={`Mute @${handle}`}
          set={() => toggleMuted(state, `@${handle}`)}
        />
      </p>
    </article>
  )
}

function PostError({ error, id, retry }: { error: ApiError; id: string; retry: () => unknown }) {
  const { close } = useApp()
  if (error.kind !== 'missing') return <Failed error={error} retry={retry} />
  return (
    <Notice alert text={`Post ${id} not found.`}>
      <button onClick={close}>Back to the feed</button>
    </Notice>
  )
}

function Details({ post, snapshots, report }: PostDetails) {
  const { now } = useApp()
  const moment = (time: string) => `${shortAbsolute(Date.parse(time))} (${ago(Date.parse(time), now.value)})`
  return (
    <div class="details">
      <TimesMedian post={post} />
      <MetricsOverTime post={post} snapshots={snapshots} />
      <Facts
        title="Report"
        facts={
          report
            ? [
                ['when', moment(report.reported_at)],
                ['channel', report.channel],
                ['to', report.destination],
                ['summary', decodeEntities(report.summary)],
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

/** How far a post exceeds what is usual for its author, if that is at least twice as much. */
function TimesMedian({ post: { author_handle: handle, likes } }: Pick<PostDetails, 'post'>) {
  const { api } = useApp()
  const { answer: author } = useLoaded(() => api.author(handle), [handle])
  const times = Math.floor(likes / (author?.median_likes || Infinity))
  return (
    <p class="times-median">
      {times > 1 && <a href={authorLink(handle)}>{`${whole(times)}× this author’s median likes`}</a>}
    </p>
  )
}

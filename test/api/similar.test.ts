import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { type Random, random as seeded } from '../../tooling/lib/samples/random.ts'
import { type Api, startApi } from '../support/api.ts'

// Similar posts compared with a search that reads every vector, on vectors that lie in clusters as embeddings do.

const DIMS = 1024
const CLUSTERS = 8
const PER_CLUSTER = 40

type Post = { status_id: string; vector: number[] }
type Row = { status_id: string; similar_to: string | null; similarity: number }

const similar = suite('similar posts', {} as { api: Api; posts: Post[] })

similar.before(async (context) => {
  context.api = await startApi()
  await context.api.db.query('truncate public.posts cascade')
  context.posts = clustered()
  await insert(context.api, context.posts, 'model')
})

similar.after(async ({ api }) => {
  await api?.stop()
})

similar('the ten most similar posts are those that a full scan finds', async ({ api, posts }) => {
  for (const post of posts.filter((_, index) => index % 37 === 0)) {
    const found = await get<Row>(api, `/rpc/similar?status_id=${post.status_id}&limit=10`)
    const expected = nearestTo(post.vector, posts).filter(({ status_id }) => status_id !== post.status_id)
    assertSameRanking(found, expected.slice(0, 10))
    assert.ok(found.every(({ similar_to }) => similar_to === post.status_id))
  }
})

similar('the posts nearest to a vector are those that a full scan finds', async ({ api, posts }) => {
  const vector = posts[3]!.vector.map((number, index) => number + posts[50]!.vector[index]! / 2)
  const body = JSON.stringify({ vector, model: 'model' })
  const response = await fetch(`${api.target.api}/rpc/nearest?limit=10`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  assertSameRanking((await response.json()) as Row[], nearestTo(vector, posts).slice(0, 10))
})

similar('a vector that a collector sends is found like one that was moved', async ({ api, posts }) => {
  const post = posts[0]!
  const before = await get<Row>(api, `/rpc/similar?status_id=${post.status_id}&limit=10`)
  await api.db.query('delete from public.embeddings where status_id = $1', [post.status_id])
  const without = await fetch(`${api.target.api}/rpc/similar?status_id=${post.status_id}`)
  assert.equal(without.headers.get('embedding'), 'missing')
  const item = {
    status_id: post.status_id,
    backend: 'b',
    model: 'model',
    vector_json: post.vector,
    text_hash: 'h',
    created_at: '2026-03-01T00:00:00Z',
  }
  const response = await fetch(`${api.target.api}/rpc/ingest_embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', Authorization: `Bearer ${api.target.token}` },
    body: JSON.stringify({ items: [item] }),
  })
  assert.equal(((await response.json()) as { inserted: number }).inserted, 1)
  assert.deepEqual(await get<Row>(api, `/rpc/similar?status_id=${post.status_id}&limit=10`), before)
})

similar('no response has more than 200 posts', async ({ api, posts }) => {
  assert.equal((await get(api, `/rpc/similar?status_id=${posts[0]!.status_id}`)).length, 200)
})

similar('near duplicates are grouped, and nothing else', async ({ api, posts }) => {
  for (const threshold of [0.9, 0.99]) {
    const rows = await get<Row>(api, `/rpc/duplicates?threshold=${threshold}`)
    assert.deepEqual(groupsIn(rows), groupsOf(posts, threshold))
  }
})

similar('each post of a group is similar to its first post, even with a low threshold', async ({ api, posts }) => {
  const vectors = new Map(posts.map(({ status_id, vector }) => [status_id, vector]))
  const rows = await get<Row>(api, '/rpc/duplicates?threshold=0.6')
  assert.ok(rows.length > PER_CLUSTER)
  for (const { status_id, similar_to, similarity } of rows) {
    assert.ok(similarity >= 0.6, `${status_id}: ${similarity}`)
    assert.ok(Math.abs(similarity - cosine(vectors.get(status_id)!, vectors.get(similar_to!)!)) < 1e-9)
  }
  for (const [first, group] of groupsIn(rows)) assert.equal(first, [...group].sort()[0])
})

similar('vectors whose bits are all the same cost no more comparisons than others', async ({ api }) => {
  // Every pair is close by its bits, none by its numbers.
  const posts = Array.from({ length: 64 }, (_, index) => ({
    status_id: `same-bits-${100 + index}`,
    vector: Array.from({ length: 64 }, (_, at) => (at === index ? 100 : 1)),
  }))
  await insert(api, posts, 'same bits')
  assert.deepEqual(await get(api, '/rpc/duplicates?q=same-bits'), [])
  await api.db.query("delete from public.posts where status_id like 'same-bits-%'")
})

similar('equal vectors have the similarity 1, and are duplicates at every threshold', async ({ api }) => {
  const posts = Array.from({ length: 60 }, (_, index) => ({
    status_id: `equal-${100 + index}`,
    vector: vectorOf(index % 30),
  }))
  await insert(api, posts, 'equal')
  const rows = await get<Row>(api, '/rpc/duplicates?q=equal-&threshold=1')
  assert.equal(rows.length, posts.length)
  assert.ok(rows.every(({ similarity }) => similarity === 1))
  await api.db.query("delete from public.posts where status_id like 'equal-%'")
})

similar('of more than 1,000 posts the newest are compared, and the response says since when', async ({ api }) => {
  // Two of each vector, a thousand posts apart: only one of them is within reach.
  const posts = Array.from({ length: 1200 }, (_, index) => ({
    status_id: `many-${1000 + index}`,
    vector: vectorOf(index % 1000),
  }))
  await insert(api, posts, 'many')
  const url = `${api.target.api}/rpc/duplicates?q=many-&threshold=1&select=status_id,similar_to,discovered_at`
  const first = await fetch(url)
  assert.deepEqual(await first.json(), [])
  const since = first.headers.get('compared-since')!
  assert.equal(since, '2026-03-01T00:03:21.000000Z')

  const older = await fetch(`${url}&until=${since}`)
  assert.deepEqual(await older.json(), [])
  assert.equal(older.headers.get('compared-since'), null)

  // Closer together, both are.
  await api.db.query("update public.posts set discovered_at = '2026-03-02' where status_id = 'many-1000'")
  const pair = (await (await fetch(url)).json()) as Row[]
  assert.deepEqual(
    pair.map(({ status_id }) => status_id),
    ['many-2000', 'many-1000'],
  )
  await api.db.query("delete from public.posts where status_id like 'many-%'")
})

similar.run()

async function get<T>(api: Api, path: string): Promise<T[]> {
  const response = await fetch(`${api.target.api}${path}`)
  const text = await response.text()
  assert.equal(response.status, 200, text)
  return JSON.parse(text)
}

/** A second apart, in their order. */
async function insert({ db }: Api, posts: Post[], model: string): Promise<void> {
  const ids = posts.map(({ status_id }) => status_id)
  await db.query(
    `insert into public.posts (status_id, url, author_handle, body_text, discovered_at, last_seen_at)
    select id, 'u', 'ann', id, timestamptz '2026-03-01 00:00:00Z' + n * interval '1 second', now()
    from unnest($1::text[]) with ordinality as post(id, n)`,
    [ids],
  )
  await db.query(
    `insert into public.embeddings (status_id, backend, model, dims, vector_json, text_hash, created_at, sign_bits)
    select id, 'b', $3, jsonb_array_length(vector::jsonb), vector::jsonb, 'h', now(), public.sign_bits(vector::jsonb)
    from unnest($1::text[], $2::text[]) as embedding(id, vector)`,
    [ids, posts.map(({ vector }) => JSON.stringify(vector)), model],
  )
}

/** Posts of different clusters, in turn; the noise is 0.9 of the spread of the centres, and some are near duplicates. */
function clustered(): Post[] {
  const random = seeded(7)
  const centres = Array.from({ length: CLUSTERS }, () => Array.from({ length: DIMS }, () => normal(random)))
  const posts = Array.from({ length: CLUSTERS * PER_CLUSTER }, (_, index) => ({
    status_id: String(1000 + index),
    vector: centres[index % CLUSTERS]!.map((number) => round(number + 0.9 * normal(random))),
  }))
  for (const [index, post] of posts.entries())
    if (index % 5 === 4) post.vector = posts[index - 3]!.vector.map((number) => round(number + 0.05 * normal(random)))
  return posts
}

function vectorOf(seed: number): number[] {
  const random = seeded(seed + 1)
  return Array.from({ length: 64 }, () => round(normal(random)))
}

function nearestTo(vector: number[], posts: Post[]) {
  return posts
    .map((post) => ({ status_id: post.status_id, similarity: cosine(vector, post.vector) }))
    .sort((a, b) => b.similarity - a.similarity)
}

function groupsIn(rows: Row[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const { similar_to, status_id } of rows) groups.set(similar_to!, [...(groups.get(similar_to!) ?? []), status_id])
  return groups
}

/** In order of time, each post joins the first group whose first post is near enough, the nearest of them first. */
function groupsOf(posts: Post[], threshold: number): Map<string, string[]> {
  const firsts: Post[] = []
  const groups = new Map<string, string[]>()
  for (const post of posts) {
    const [best] = nearestTo(post.vector, firsts)
    if (best && best.similarity >= threshold)
      groups.set(best.status_id, [...(groups.get(best.status_id) ?? [best.status_id]), post.status_id])
    else firsts.push(post)
  }
  return groups
}

function assertSameRanking(found: Row[], expected: { status_id: string; similarity: number }[]): void {
  assert.deepEqual(
    found.map(({ status_id }) => status_id),
    expected.map(({ status_id }) => status_id),
  )
  for (const [index, { similarity }] of found.entries())
    assert.ok(Math.abs(similarity - expected[index]!.similarity) < 1e-9)
}

function cosine(one: number[], other: number[]): number {
  const dot = (a: number[], b: number[]) => a.reduce((sum, number, index) => sum + number * b[index]!, 0)
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other))
}

function round(number: number): number {
  return Number(number.toFixed(6))
}

function normal({ next }: Random): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
}

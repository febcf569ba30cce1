import { createHmac } from 'node:crypto'
import type { Engine } from '../../tooling/lib/api/engine.ts'

export const SECRET = 'a secret of more than thirty-two characters'
export const NOW = Math.floor(Date.now() / 1000)

/** What the tests of the stand-in read and call. */
export const OBJECTS = `
  create function api.echo(value text default null, since timestamptz default null, flag boolean default null, size integer default null)
  returns json language sql stable as $$ select json_build_object('value', value, 'since', since, 'flag', flag, 'size', size) $$;
  create function api.whole(body json, other jsonb default null)
  returns json language sql as $$ select json_build_object('body', body, 'other', other, 'type', json_typeof(body)) $$;
  create function api.settings()
  returns json language sql stable as $$ select json_object_agg(name, current_setting(name, true)) from unnest(array[
    'role', 'search_path', 'request.method', 'request.path', 'request.headers', 'request.cookies', 'request.jwt.claims',
    'transaction_read_only', 'statement_timeout', 'lock_timeout']) as name $$;
  create function api.answers(status text, headers text)
  returns text language plpgsql as $$ begin
    perform set_config('response.status', status, true), set_config('response.headers', headers, true);
    return 'done';
  end $$;
  create function api.fails(state text)
  returns text language plpgsql as $$ begin
    raise exception using errcode = state, message = 'the message', detail = 'the detail', hint = 'the hint';
  end $$;
  create function api.writes() returns void language sql volatile as $$
    insert into public.watch_accounts (handle, tier, added_at) values ('written', 'teammate', now()) $$;
  create function api.sleeps() returns void language sql volatile as $$ select pg_sleep(10) $$;
  create function api.closed() returns text language sql stable as $$ select 'secret' $$;
  create view api.numbers as select
    9223372036854775807::bigint as long, 42::bigint as short, 1.50::numeric as exact, 0.1::numeric as tenth,
    '{"long": 12345678901234567890, "text": "12345678901234567890", "exact": 1.50}'::jsonb as inside,
    timestamptz '2026-03-01 00:00:00.123456+00' as at, '12345678901234567890'::text as id;
  create view api.texts as select 'word'::text as plain, ''::text as empty, null::text as none, 'a b, (c)'::text as spaced,
    'x"y\\z'::text as quoted, true as yes, false as no, timestamptz '2026-03-01 00:00:00.5+00' as at, 9223372036854775807::bigint as long
    from generate_series(1, 2);
  create function api.texts_again() returns setof api.texts language sql stable as $$ select * from api.texts $$;
  grant select on api.texts to web_anon;
  grant execute on function api.texts_again to web_anon;
  grant execute on function api.echo, api.settings, api.answers, api.fails, api.writes, api.sleeps to web_anon, ingest;
  grant execute on function api.whole to ingest;
  grant select on api.numbers to web_anon;
  grant insert on public.watch_accounts to web_anon, ingest;`

type Context = { engine: Engine }

export const call = (engine: Engine, path: string, init: RequestInit = {}) =>
  engine.fetch(new Request(`http://local${path}`, init))

// biome-ignore lint/suspicious/noExplicitAny: an answer has the shape its call says
export const get = async ({ engine }: Context, path: string, headers: Record<string, string> = {}): Promise<any> =>
  (await call(engine, path, { headers })).json()

export const post = (engine: Engine, path: string, body: string, headers: Record<string, string> = {}) =>
  call(engine, path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })

export function token(claims: object, { alg = 'HS256', secret = SECRET } = {}): Record<string, string> {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const signed = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`
  const signature = alg === 'none' ? '' : createHmac('sha256', secret).update(signed).digest('base64url')
  return { authorization: `Bearer ${signed}.${signature}` }
}

export const ingest = (claims: object = {}) => token({ role: 'ingest', exp: NOW + 60, ...claims })

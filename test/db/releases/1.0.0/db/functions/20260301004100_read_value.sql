-- Reads one value that a collector sent, by the rules of the move (docs/rules.md, tooling/lib/move/values.ts)

-- migrate:up
drop function if exists public.read_value;

-- Inlined where it is called, since a batch has up to 30,000 values. `plain` is the text of the JSON value, null for null.
create function public.read_value(kind text, type text, plain text)
returns table (cleaned jsonb, problem text)
language sql
immutable
as $$
  select
    case
      when read.problem is not null then null
      when read.word is null then case kind when 'count' then jsonb '0' when 'flag' then jsonb 'false' end
      when kind in ('integer', 'count') then to_jsonb(trunc(read.word::numeric))
      when kind = 'flag' then to_jsonb(read.word in ('1', 'true', 't', 'yes'))
      when kind = 'time' then to_jsonb(read.instant)
      when kind = 'vector' then read.vector
      when read.word in ('refresh-24h', 'refresh_24h') and kind = 'mode' then jsonb '"refresh24h"'
      else to_jsonb(read.word)
    end,
    read.problem
  from (
    select
      given.word,
      given.instant,
      given.vector,
      case
        when given.word is null then
          null
        when kind in ('text', 'short', 'key', 'handle', 'source') then
          case
            when type in ('object', 'array', 'boolean') or (type = 'number' and plain !~ '^-?[0-9]+$') then
              public.describe_value(type, plain) || ' is not text'
            when kind = 'text' then null
            when kind = 'source' and given.word = 'sqlite_migration' then 'is reserved for the import'
            when octet_length(given.word) > 1000 then 'is longer than 1000 bytes'
            when kind in ('key', 'handle') and given.word = '' then 'is empty, but required'
          end
        when kind in ('integer', 'count') then
          case
            when type not in ('number', 'string') or given.word !~ case type when 'number' then '^-?[0-9]+$|^-?[0-9]{1,15}\.0+$' else '^-?[0-9]+$' end then
              public.describe_value(type, plain) || ' is not an integer'
            when length(given.word) > 25 or given.word::numeric not between -9223372036854775808 and 9223372036854775807 then
              public.describe_value(type, plain) || ' is beyond 64 bits'
          end
        when kind = 'flag' then
          case
            when given.word not in ('1', 'true', 't', 'yes', '0', 'false', 'f', 'no') then
              public.describe_value(type, plain) || ' is neither true nor false'
          end
        when kind = 'tier' then
          case
            when type <> 'string' or given.word <> all (public.tiers()) then
              format('%s is not one of %s', public.describe_value(type, plain), array_to_string(public.tiers(), ', '))
          end
        when kind = 'mode' then
          case
            when type <> 'string' or given.word not in ('priority', 'discovery', 'both', 'refresh24h', 'refresh-24h', 'refresh_24h', 'manual') then
              public.describe_value(type, plain) || ' is not one of priority, discovery, both, refresh24h, manual'
          end
        when kind = 'snapshot' then
          case
            when type <> 'string' or given.word not in ('initial_capture', 'latest_observed', 'refresh_24h') then
              public.describe_value(type, plain) || ' is not one of initial_capture, latest_observed, refresh_24h'
          end
        when kind = 'time' then
          case
            when type <> 'string' then public.describe_value(type, plain) || ' is not an ISO 8601 timestamp'
            when given.instant is null then public.describe_value(type, plain) || ' ' || public.time_problem(plain)
          end
        when kind = 'vector' then
          case
            when given.vector is null then 'is not a JSON array of finite numbers'
          end
      end as problem
    from (
      select
        case
          when kind = 'handle' then public.read_handle(plain)
          when kind in ('tier', 'mode', 'snapshot') then lower(public.trim_space(plain) collate "C")
          when kind = 'flag' then lower(plain collate "C")
          when kind in ('integer', 'count', 'time') then nullif(plain, '')
          else plain
        end as word,
        case kind when 'time' then public.read_time(plain) end as instant,
        case kind when 'vector' then public.read_vector(plain) end as vector
      offset 0
    ) as given
    offset 0
  ) as read
$$;

comment on function public.read_value is 'The value as it is stored, or what is wrong with it.';

-- migrate:down
drop function public.read_value;

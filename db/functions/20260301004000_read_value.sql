-- One value that a collector sent: the rules of the move (tooling/lib/move/values.ts), for JSON

-- migrate:up
drop function if exists public.read_value;

-- Inlined where it is called, for a batch has some 20,000 values.
create function public.read_value(kind text, value jsonb)
returns table (cleaned jsonb, problem text)
language sql
immutable
as $$
  select
    case
      when read.plain is null then
        case kind when 'count' then '0'::jsonb when 'flag' then 'false'::jsonb end
      when read.problem is not null then
        null
      when kind in ('integer', 'count') then
        to_jsonb(trunc(read.plain::numeric))
      when kind = 'flag' then
        to_jsonb(lower(read.plain) in ('1', 'true', 't', 'yes'))
      when kind = 'time' then
        to_jsonb(public.read_time(read.plain))
      else
        to_jsonb(read.plain)
    end,
    read.problem
  from (
    select
      text.plain,
      case
        when text.plain is null then
          null
        when jsonb_typeof(value) in ('object', 'array') then
          'is an ' || jsonb_typeof(value)
        when kind in ('text', 'key', 'handle') and jsonb_typeof(value) = 'boolean' then
          'is a boolean, not text'
        when kind in ('key', 'handle') and text.plain = '' then
          'is empty, but required'
        when kind in ('key', 'handle') and octet_length(text.plain) > 1000 then
          'is longer than 1000 bytes'
        when kind in ('integer', 'count') then
          case
            when text.plain !~ case jsonb_typeof(value) when 'number' then '^-?\d+(\.0)?$' else '^-?\d+$' end then
              format('''%s'' is no integer', left(text.plain, 60))
            when length(text.plain) > 25 or text.plain::numeric not between -9223372036854775808 and 9223372036854775807 then
              format('''%s'' is beyond 64 bits', left(text.plain, 60))
          end
        when kind = 'flag' and lower(text.plain) not in ('1', 'true', 't', 'yes', '0', 'false', 'f', 'no') then
          format('''%s'' is neither true nor false', left(text.plain, 60))
        when kind = 'tier' and text.plain not in ('teammate', 'influencer', 'ecosystem') then
          format('''%s'' is none of teammate, influencer, ecosystem', left(text.plain, 60))
        when kind = 'mode' and text.plain not in ('priority', 'discovery', 'both', 'refresh24h', 'manual') then
          format('''%s'' is none of priority, discovery, both, refresh24h, manual', left(text.plain, 60))
        when kind = 'snapshot' and text.plain not in ('initial_capture', 'latest_observed', 'refresh_24h') then
          format('''%s'' is none of initial_capture, latest_observed, refresh_24h', left(text.plain, 60))
        when kind = 'time' and public.read_time(text.plain) is null then
          format('''%s'' is no ISO 8601 timestamp', left(text.plain, 60))
      end as problem
    from (
      select
        case
          when kind = 'handle' then public.read_handle(value #>> '{}')
          when kind = 'mode' and value #>> '{}' in ('refresh-24h', 'refresh_24h') then 'refresh24h'
          -- An empty text is no number and no instant.
          when kind in ('integer', 'count', 'time') then nullif(value #>> '{}', '')
          else value #>> '{}'
        end as plain
      offset 0
    ) as text
    offset 0
  ) as read
$$;

comment on function public.read_value is 'The value as it is stored, or why it cannot be.';

-- migrate:down
drop function public.read_value;

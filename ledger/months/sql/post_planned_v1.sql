-- Post what a query plans: its rows are legs (subject, address, asset, amount), and each subject's
-- legs are one transaction, with the id that Python's derived_month_id gives month, name and subject.
-- Returns how many were planned, the amounts that change hands by asset, how many were posted now.
-- Parameters: posting_month, at, actor, kind, about, facts, month_in_id, told, and the query's own.
WITH legs AS MATERIALIZED ({query}),
subjects AS MATERIALIZED (
    SELECT s.subject, row_number() OVER (ORDER BY s.subject)::integer AS ordinal,
           %(month_in_id)s::bytea || substring(sha256(
               %(told)s::bytea || int4send(octet_length(s.subject))
               || replace(s.subject, '\', '\\')::bytea) FROM 1 FOR 14) AS id
    FROM (SELECT DISTINCT l.subject FROM legs l) AS s),
heads AS (
    SELECT array_agg(encode(set_byte(set_byte(s.id, 6, get_byte(s.id, 6) & 15 | 128),
                                     8, get_byte(s.id, 8) & 63 | 128), 'hex')::uuid
                     ORDER BY s.ordinal) AS ids,
           array_agg(%(facts)s::jsonb || jsonb_build_object(%(about)s::text, s.subject)
                     ORDER BY s.ordinal) AS metadata
    FROM subjects s),
sides AS (
    SELECT array_agg(s.ordinal ORDER BY s.ordinal) AS ordinals,
           array_agg(l.address ORDER BY s.ordinal) AS addresses,
           array_agg(l.asset ORDER BY s.ordinal) AS assets,
           array_agg(l.amount ORDER BY s.ordinal) AS amounts
    FROM legs l JOIN subjects s ON s.subject = l.subject),
moved AS (
    SELECT coalesce(jsonb_object_agg(m.asset, m.amount), '{}') AS totals
    FROM (SELECT l.asset, sum(l.amount) AS amount FROM legs l WHERE l.amount > 0
          GROUP BY l.asset) AS m)
SELECT coalesce(cardinality(h.ids), 0), m.totals::text,
       CASE WHEN h.ids IS NOT NULL THEN cardinality(public.ledger_post_batch_v2(
           %(posting_month)s, %(at)s, %(actor)s, h.ids,
           array_fill(%(kind)s::text, ARRAY[cardinality(h.ids)]), h.metadata,
           array_fill(NULL::uuid, ARRAY[cardinality(h.ids)]),
           s.ordinals, s.addresses, s.assets, s.amounts)) END
FROM heads h, sides s, moved m

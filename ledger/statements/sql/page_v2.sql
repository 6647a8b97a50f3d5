-- A page of a statement with its opening and closing balance, all seen at one moment.
-- Parameters: account, since, until (null: from the first, to the last), month and id of the
-- place in the books' order after which (or before which) the lines are wanted, forward, limit.
WITH asked AS (
    SELECT %(account)s::uuid AS account, b.*
    FROM public.ledger_statement_bounds_v1(
        %(account)s::uuid, coalesce(%(since)s::timestamptz, '-infinity'),
        coalesce(%(until)s::timestamptz, 'infinity')) AS b
    OFFSET 0),
lines AS MATERIALIZED (
    SELECT l.* FROM asked a, public.ledger_statement_lines_v2(
        a.account, a.since_month, a.until_month, a.since, a.until, %(month)s::date, %(id)s,
        %(forward)s, %(limit)s) AS l),
first AS MATERIALIZED (
    SELECT public.ledger_statement_before_v3(
               a.account, a.since_month, a.until_month, a.since, a.until, a.opening,
               l.month, l.id) AS balance
    FROM asked a, (SELECT month, id FROM lines ORDER BY month, id LIMIT 1) AS l)
SELECT a.opening, a.closing,
       l.month, l.id, l.transaction_id, t.kind, k.closes, l.at, l.amount,
       (f.balance + sum(l.amount) OVER (ORDER BY l.month, l.id))::bigint
FROM asked a
LEFT JOIN (lines l CROSS JOIN first f) ON true
-- Each line's transaction is looked up by its id: fenced, or a join might read them all.
LEFT JOIN LATERAL (
    SELECT t.kind FROM public.ledger_transaction t WHERE t.id = l.transaction_id OFFSET 0) AS t ON true
LEFT JOIN LATERAL (
    SELECT k.closes FROM public.ledger_transaction_kind k WHERE k.name = t.kind OFFSET 0) AS k ON true
ORDER BY l.month, l.id

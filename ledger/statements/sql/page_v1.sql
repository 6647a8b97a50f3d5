-- A page of a statement with its opening and closing balance, all seen at one moment.
-- Parameters: account, since, until (null: from the first, to the last), month and id of the
-- place in the books' order after which (or before which) the lines are wanted, forward, limit.
WITH asked AS (
    SELECT %(account)s::uuid AS account, coalesce(%(since)s::timestamptz, '-infinity') AS since,
           coalesce(%(until)s::timestamptz, 'infinity') AS until),
lines AS MATERIALIZED (
    SELECT l.* FROM asked a, public.ledger_statement_lines_v1(
        a.account, a.since, a.until, %(month)s::date, %(id)s, %(forward)s, %(limit)s) AS l),
whole AS MATERIALIZED (
    SELECT CASE WHEN isfinite(a.since) THEN public.ledger_balance_at_v1(a.account, a.since)
                ELSE 0 END AS opening,
           public.ledger_balance_at_v1(a.account, CASE WHEN isfinite(a.until) THEN a.until END)
               AS closing
    FROM asked a),
first AS MATERIALIZED (
    SELECT public.ledger_statement_before_v2(
               a.account, a.since, a.until, l.month, l.id, w.opening) AS balance
    FROM asked a, whole w, (SELECT month, id FROM lines ORDER BY month, id LIMIT 1) AS l)
SELECT w.opening, w.closing,
       l.month, l.id, l.transaction_id, t.kind, k.closes, l.at, l.amount,
       (f.balance + sum(l.amount) OVER (ORDER BY l.month, l.id))::bigint
FROM whole w
LEFT JOIN (lines l CROSS JOIN first f) ON true
-- Each line's transaction is looked up by its id: fenced, or a join might read them all.
LEFT JOIN LATERAL (
    SELECT t.kind FROM public.ledger_transaction t WHERE t.id = l.transaction_id OFFSET 0) AS t ON true
LEFT JOIN LATERAL (
    SELECT k.closes FROM public.ledger_transaction_kind k WHERE k.name = t.kind OFFSET 0) AS k ON true
ORDER BY l.month, l.id

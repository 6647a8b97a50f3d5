-- What sponsors were charged up to a month and no earlier invoice has, a row for each transaction:
-- fen (below zero: given back), the coins that came with it, and the one issuer it is about, if it
-- is one. Parameters: month, and the first and the last sponsor.
WITH owed AS MATERIALIZED (
    SELECT s.holder_id, a.id AS account_id,
           public.ledger_account_id_v1('sponsor/' || s.holder_id || '/budget', 'COIN') AS budget_id,
           coalesce((SELECT max(i.month) FROM public.wallet_invoice i
                     WHERE i.holder_id = s.holder_id AND i.side = 'sponsor'
                       AND i.month < %(month)s), '-infinity'::date) AS since
    FROM public.wallet_sponsor s
    JOIN public.ledger_account a
        ON a.id = public.ledger_account_id_v1('sponsor/' || s.holder_id || '/receivable', 'CNY')
    WHERE s.holder_id BETWEEN %(first)s AND %(last)s
), charged AS MATERIALIZED (
    SELECT o.holder_id, o.budget_id, e.transaction_id, -sum(e.amount) AS fen, e.month,
           min(e.id) AS first_entry, max(e.id) AS last_entry
    FROM owed o
    CROSS JOIN LATERAL (
        SELECT x.id, x.transaction_id, x.amount, x.month FROM public.ledger_entry x
        WHERE x.account_id = o.account_id AND x.month > o.since AND x.month <= %(month)s
        OFFSET 0) AS e
    GROUP BY o.holder_id, o.budget_id, e.transaction_id, e.month
)
SELECT c.holder_id, c.transaction_id, c.month, t.kind, t.at, b.issuer, c.fen::bigint, coalesce(b.coins, 0)::bigint,
       c.first_entry, c.last_entry
FROM charged c
JOIN public.ledger_transaction t ON t.id = c.transaction_id AND t.kind <> 'sponsor_invoice'
CROSS JOIN LATERAL (
    SELECT CASE WHEN count(DISTINCT a.address) FILTER (WHERE a.address LIKE 'issuer/%%/revenue') = 1
                THEN split_part(min(a.address) FILTER (WHERE a.address LIKE 'issuer/%%/revenue'),
                                '/', 2) END AS issuer,
           sum(x.amount) FILTER (WHERE x.account_id = c.budget_id) AS coins
    FROM public.ledger_entry x
    JOIN public.ledger_account a ON a.id = x.account_id
    WHERE x.transaction_id = c.transaction_id) AS b
ORDER BY c.holder_id, c.first_entry

-- Of each cleared month, what a carrier's purses were given by everything but clearing is what its
-- own lines (none brought from an earlier statement) say, by account, kind and day.
WITH cleared AS (
    SELECT k.month, c.code,
           public.ledger_account_id_v2('carrier/' || c.code || '/payable', 'COIN') AS payable,
           public.ledger_account_id_v2('fees/' || c.code, 'COIN') AS fees
    FROM public.wallet_clearing k CROSS JOIN public.wallet_carrier c),
booked AS (
    SELECT c.month, c.code, CASE e.account_id WHEN c.fees THEN 'fees' ELSE 'payable' END AS account,
           t.kind, (t.at AT TIME ZONE 'Asia/Shanghai')::date AS day,
           sum(e.amount) AS coins, count(*) AS transactions
    FROM cleared c
    JOIN public.ledger_entry e ON e.month = c.month AND e.account_id IN (c.payable, c.fees)
    JOIN public.ledger_transaction t ON t.id = e.transaction_id AND t.kind <> 'clearing'
    GROUP BY 1, 2, 3, 4, 5),
said AS (
    SELECT s.clearing_id AS month, s.carrier_id AS code, l.account, l.kind, l.day,
           sum(l.coins) AS coins, sum(l.transactions) AS transactions
    FROM public.wallet_clearingline l
    JOIN public.wallet_clearingstatement s ON s.id = l.statement_id
    WHERE l.side = 'credit' AND l.origin_id IS NULL
    GROUP BY 1, 2, 3, 4, 5),
compared AS (
    SELECT month, code, account, kind, day, coalesce(b.coins, 0) AS booked,
           coalesce(s.coins, 0) AS said,
           b.coins IS DISTINCT FROM s.coins OR b.transactions IS DISTINCT FROM s.transactions
               AS is_broken
    FROM booked b FULL JOIN said s USING (month, code, account, kind, day))
SELECT count(*), count(*) FILTER (WHERE is_broken),
       min(format('%s %s %s %s: %s coins booked, %s in the statement',
                  to_char(month, 'YYYY-MM'), code, kind, day, booked, said))
           FILTER (WHERE is_broken)
FROM compared

-- A trade and its transaction bear one id; its legs move its lots, its price and its fee cover.
WITH posted AS (
    SELECT e.transaction_id AS id,
           sum(e.amount) FILTER (WHERE a.kind = 'holder proceeds') AS coins,
           sum(e.amount) FILTER (WHERE a.kind = 'holder fees') AS cover,
           sum(e.amount) FILTER (WHERE a.asset LIKE 'DATA-%' AND a.kind = 'holder main') AS mb
    FROM public.ledger_transaction x
    JOIN public.ledger_entry e ON e.transaction_id = x.id AND e.month = x.month
    JOIN public.ledger_account a ON a.id = e.account_id
    WHERE x.kind = 'trade'
    GROUP BY e.transaction_id),
compared AS (
    SELECT coalesce(t.id, p.id) AS id,
           (t.price_coins::bigint * t.lots, t.buyer_cover_coins, t.lots::bigint * b.lot_mb)
               IS DISTINCT FROM (p.coins, coalesce(p.cover, 0), p.mb) AS broken
    FROM public.exchange_trade t
    JOIN public.exchange_book b ON b.id = t.book_id
    FULL JOIN posted p ON p.id = t.id)
SELECT count(*), count(*) FILTER (WHERE broken),
       min('trade ' || id || ' is not what was posted') FILTER (WHERE broken)
FROM compared

-- What settles one purse, proceeds or fees, of a month and of holders with ids from one to another:
-- a row for each leg. The carriers' fees of the holder's trades, each book's exact sum rounded up
-- once, come out of what lies in the purse by the month's entries; the rest goes to the holder. A fee
-- never takes more than there is: what is missing is the last carrier's loss.
-- Purses are found by their index, and looked into in the order of their accounts.
-- Parameters: purse, month, month_name, first, last.
WITH held AS MATERIALIZED (
    SELECT p.holder, p.address, e.coins
    FROM (SELECT a.id, a.address, substring(a.address FROM 8 FOR 36)::uuid AS holder
          FROM public.ledger_account a
          WHERE a.kind IN ('holder proceeds', 'holder fees') AND a.kind = 'holder ' || %(purse)s
            AND a.asset = 'COIN' AND right(a.address, 7) = %(month_name)s
            AND substring(a.address FROM 8 FOR 36) COLLATE "C"
                BETWEEN %(first)s::text AND %(last)s::text
          ORDER BY a.id) AS p
    CROSS JOIN LATERAL (
        SELECT sum(e.amount)::bigint AS coins FROM public.ledger_entry e
        WHERE e.month = %(month)s AND e.account_id = p.id) AS e
    WHERE e.coins > 0),
wanted AS MATERIALIZED (
    SELECT h.holder, h.coins AS held, f.carrier, f.coins,
           sum(f.coins) OVER (PARTITION BY h.holder ORDER BY f.carrier COLLATE "C") AS running
    FROM held h
    CROSS JOIN LATERAL (
        SELECT t.carrier, div(sum(t.coin_bp) + 9999, 10000) + sum(t.coins) AS coins
        FROM (SELECT b.carrier_id AS carrier, t.price_coins::bigint * t.lots * t.seller_bp AS coin_bp,
                     o.seller_coins_per_lot::bigint * t.lots AS coins
              FROM public.exchange_order o
              JOIN public.exchange_trade t ON t.sell_id = o.id
              JOIN public.exchange_book b ON b.id = t.book_id
              WHERE %(purse)s = 'proceeds' AND o.holder_id = h.holder AND b.month = %(month)s
                AND t.busted_at IS NULL
              UNION ALL
              SELECT b.carrier_id, t.price_coins::bigint * t.lots * t.buyer_bp, 0
              FROM public.exchange_order o
              JOIN public.exchange_trade t ON t.buy_id = o.id
              JOIN public.exchange_book b ON b.id = t.book_id
              WHERE %(purse)s = 'fees' AND o.holder_id = h.holder AND b.month = %(month)s
                AND t.busted_at IS NULL) AS t
        GROUP BY t.carrier) AS f),
fees AS MATERIALIZED (
    SELECT w.holder, w.carrier,
           greatest(least(w.coins, w.held - (w.running - w.coins)), 0)::bigint AS coins
    FROM wanted w)
SELECT h.holder::text AS subject, h.address AS address, 'COIN' AS asset, -h.coins AS amount
FROM held h
UNION ALL
SELECT f.holder::text, 'fees/' || f.carrier, 'COIN', f.coins FROM fees f WHERE f.coins > 0
UNION ALL
SELECT h.holder::text, 'holder/' || h.holder || '/main', 'COIN', h.coins - coalesce(f.coins, 0)
FROM held h
LEFT JOIN (SELECT f.holder, sum(f.coins)::bigint AS coins FROM fees f GROUP BY f.holder) AS f
    ON f.holder = h.holder
WHERE h.coins > coalesce(f.coins, 0)

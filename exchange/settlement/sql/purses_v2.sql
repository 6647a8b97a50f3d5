-- What settles one purse, proceeds or fees, of a month and of holders with ids from one to another:
-- a row for each leg. The carriers' fees of the holder's trades, each book's exact sum rounded up
-- once, come out of what lies in the purse by the month's entries; the rest goes to the holder. A fee
-- never takes more than there is: what is missing is the last carrier's loss.
-- Parameters: purse, month, month_name, first, last.
WITH held AS MATERIALIZED (
    SELECT h.holder, e.coins
    FROM (SELECT x.id AS holder, public.ledger_account_digest_v1(
              'holder/' || x.id || '/' || %(purse)s || '/' || %(month_name)s, 'COIN') AS digest
          FROM public.wallet_holder x WHERE x.id BETWEEN %(first)s AND %(last)s OFFSET 0) AS h
    CROSS JOIN LATERAL (
        SELECT sum(e.amount)::bigint AS coins FROM public.ledger_entry e
        WHERE e.month = %(month)s AND e.account_id = public.ledger_account_of_v1(h.digest)) AS e
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
SELECT h.holder::text AS subject,
       'holder/' || h.holder || '/' || %(purse)s || '/' || %(month_name)s AS address,
       'COIN' AS asset, -h.coins AS amount
FROM held h
UNION ALL
SELECT f.holder::text, 'fees/' || f.carrier, 'COIN', f.coins FROM fees f WHERE f.coins > 0
UNION ALL
SELECT h.holder::text, 'holder/' || h.holder || '/main', 'COIN', h.coins - coalesce(f.coins, 0)
FROM held h
LEFT JOIN (SELECT f.holder, sum(f.coins)::bigint AS coins FROM fees f GROUP BY f.holder) AS f
    ON f.holder = h.holder
WHERE h.coins > coalesce(f.coins, 0)

-- Bring orders to where a batch left them. An order that has ended is never touched again. What
-- lies beside an order is not the batch's to set: a replacement may have been accepted meanwhile.
UPDATE public.exchange_order AS o
SET state = u.state, reason = u.reason, price_coins = u.price_coins, lots = u.lots,
    open_lots = u.open_lots, filled_lots = u.filled_lots, fee_coin_bp = u.fee_coin_bp,
    ended_at = u.ended_at, priority = u.priority
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::integer[], %s::integer[], %s::integer[],
            %s::integer[], %s::bigint[], %s::timestamptz[], %s::bigint[])
         AS u (id, state, reason, price_coins, lots, open_lots, filled_lots, fee_coin_bp, ended_at,
               priority)
WHERE o.id = u.id AND o.state IN ('accepted', 'open')

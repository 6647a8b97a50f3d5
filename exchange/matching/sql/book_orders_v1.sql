-- Bring orders to where a batch left them. An order that has ended is never touched again.
UPDATE public.exchange_order AS o
SET state = u.state, reason = u.reason, open_lots = u.open_lots, filled_lots = u.filled_lots,
    fee_coin_bp = u.fee_coin_bp, ended_at = u.ended_at, priority = u.priority
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::integer[], %s::integer[],
            %s::bigint[], %s::timestamptz[], %s::bigint[])
         AS u (id, state, reason, open_lots, filled_lots, fee_coin_bp, ended_at, priority)
WHERE o.id = u.id AND o.state IN ('accepted', 'open')

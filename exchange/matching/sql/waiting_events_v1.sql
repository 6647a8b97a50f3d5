-- The next events of a book's log whose turn has not come, from an id on, in their order, and the
-- order each is about. Those in `but` have their turn now. What an order says stands in its row:
-- the bodies of such events, which take longer to read than all the rest, stay where they are.
SELECT CASE WHEN e.kind <> 'place' THEN e.body END, e.id, e.kind, e.holder_id, e.client_id,
       e.accepted_at::text, NULL, '', e.order_id,
       o.id, o.side, o.kind, o.holder_id, o."group", o.number_id, o.package, o.deliver_to_id,
       o.deliver_at_once, o.time_in_force, o.maker_bp, o.taker_bp, o.price_coins, o.lots,
       o.open_lots, o.filled_lots, o.fee_coin_bp, o.aside_amount, o.state, o.reason, o.priority,
       o.ended_at::text
FROM public.exchange_waiting_v2(%(book)s, %(since)s, %(but)s, %(most)s) AS next (id)
JOIN public.exchange_event e ON e.id = next.id
LEFT JOIN public.exchange_order o ON o.id = e.order_id
ORDER BY e.id

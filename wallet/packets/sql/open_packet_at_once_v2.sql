SELECT id, packet_id, position, coins, claimer_id, claimed_at, began_after, returned_at
FROM public.wallet_open_packet_v2(
    %(packet)s, %(claimer)s, %(now)s, %(posting)s, %(month)s, %(actor)s, %(metadata)s::jsonb,
    %(source)s, %(target)s)

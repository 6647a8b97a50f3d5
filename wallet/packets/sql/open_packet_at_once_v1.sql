SELECT * FROM public.wallet_open_packet_v1(
    %(packet)s, %(packet_account)s, %(claimer)s, %(claimer_tier)s::smallint,
    %(wallet_account)s, %(coins_before_max)s, %(now)s,
    %(posting)s, %(month)s, %(actor)s, %(metadata)s::jsonb, %(source)s, %(target)s)

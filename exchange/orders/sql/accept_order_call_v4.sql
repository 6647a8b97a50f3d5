SELECT public.exchange_accept_order_v4(
    %(order)s, %(book)s, %(lot_mb)s, %(carrier)s, %(month)s, %(holder)s, %(number)s, %(package)s,
    %(kind)s, %(side)s, %(price_coins)s, %(lots)s, %(time_in_force)s, %(maker_bp)s, %(taker_bp)s,
    %(seller_coins_per_lot)s, %(now)s, %(year)s, %(key)s, %(body)s::jsonb, %(posting_month)s,
    %(actor)s, %(metadata)s::jsonb, %(source)s, %(target)s, %(asset)s, %(amount)s)

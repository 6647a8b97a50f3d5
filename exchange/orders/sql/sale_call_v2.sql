SELECT refused, offered_mb, allowance_mb, left_mb, days_max, transfer_mb_max, month_mb_max,
       share_max_percent, must_remain_mb
FROM public.exchange_sale_v2(
    %(holder)s, %(number)s, %(package)s, %(book)s, %(lot_mb)s, %(carrier)s, %(month)s, %(asset)s,
    %(mb)s, %(now)s)

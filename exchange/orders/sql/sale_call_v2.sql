SELECT * FROM public.exchange_sale_v1(
    %(holder)s, %(number)s, %(package)s, %(book)s, %(lot_mb)s, %(carrier)s, %(month)s, %(asset)s,
    %(mb)s, %(now)s)

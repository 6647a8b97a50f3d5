-- Write a batch's trades of a book.
INSERT INTO public.exchange_trade
    (book_id, id, number, event_number, buy_id, sell_id, taker, price_coins, lots, buyer_bp,
     seller_bp, buyer_cover_coins, traded_at, delivery_id)
SELECT %s, u.*
FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::uuid[], %s::uuid[], %s::text[],
            %s::integer[], %s::integer[], %s::integer[], %s::integer[], %s::bigint[],
            %s::timestamptz[], %s::uuid[]) AS u

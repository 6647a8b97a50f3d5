-- What a number offers in a book is at most what its orders bear (`offered_mb_max`): by that bound
-- sales are accepted unsummed, so a cap is passed where it is too low. Where one of a number's orders
-- did not count, nothing is decided by it, and nothing is to be compared.
--
-- `offered` is that of exchange_sale_v2: sold or on offer, also what waits beside an order, but not
-- what was bust.
WITH bust AS (
    SELECT s.book_id, s.number_id, sum(t.lots) AS lots
    FROM public.exchange_trade t JOIN public.exchange_order s ON s.id = t.sell_id
    WHERE t.busted_at IS NOT NULL
    GROUP BY 1, 2),
borne AS (
    SELECT o.book_id, o.number_id, max(o.offered_mb_max) AS bound_mb,
           sum((o.open_lots + o.filled_lots)::bigint * b.lot_mb + o.aside_amount)
               - coalesce(max(bust.lots), 0) * max(b.lot_mb) AS offered_mb
    FROM public.exchange_order o
    JOIN public.exchange_book b ON b.id = o.book_id
    LEFT JOIN bust ON bust.book_id = o.book_id AND bust.number_id = o.number_id
    WHERE o.number_id IS NOT NULL
    GROUP BY 1, 2
    HAVING count(*) = count(o.offered_mb_max))
SELECT count(*), count(*) FILTER (WHERE offered_mb > bound_mb),
       min(format('number %s in book %s: %s MB offered, its orders count %s', number_id, book_id,
                  offered_mb, bound_mb)) FILTER (WHERE offered_mb > bound_mb)
FROM borne

-- Raise the id from which a book's log is read: to the first event that waits, at most to the one
-- behind that which was noted. All in one snapshot, in which every transaction that may have taken
-- an id up to that one has ended. Only for the book's writer, where the book is as it left it.
UPDATE public.exchange_book b
SET waits_from = least(%(last)s + 1, (
    SELECT first.id FROM public.exchange_waiting_v2(b.id, b.waits_from, '{}', 1) AS first (id)))
WHERE b.id = %(book)s AND b.epoch = %(epoch)s AND b.cursor = %(cursor)s
  AND pg_snapshot_xmin(pg_current_snapshot()) >= %(ended)s::text::xid8
RETURNING b.waits_from

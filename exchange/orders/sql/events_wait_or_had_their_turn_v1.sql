-- What was asked waits in its book until it had its turn there: nothing is lost, nothing comes twice.
WITH compared AS (
    SELECT coalesce(e.id, w.event_id, t.event_id) AS id,
           e.id IS NULL OR (w.event_id IS NULL) = (t.event_id IS NULL)
           OR coalesce(w.book_id, t.book_id) <> e.book_id AS broken
    FROM public.exchange_event e
    FULL JOIN public.exchange_waiting w ON w.event_id = e.id
    FULL JOIN public.exchange_turn t ON t.event_id = coalesce(e.id, w.event_id))
SELECT count(*), count(*) FILTER (WHERE broken),
       'event ' || min(id) FILTER (WHERE broken) || ' neither waits nor had its turn, or both'
FROM compared

-- Sealed transactions stand one after the other as they were committed; none was taken out, and
-- the tree ends where it says.
WITH leaves AS (
    SELECT l.position, l.transaction_id,
           l.position - row_number() OVER w + 1 <> 0 AS has_gap,
           (t.epoch, t.xid, t.id) < (lag(t.epoch) OVER w, lag(t.xid) OVER w, lag(t.id) OVER w)
               AS is_early
    FROM public.ledger_seal_leaf l
    LEFT JOIN public.ledger_transaction t ON t.id = l.transaction_id
    WINDOW w AS (ORDER BY l.position)
    OFFSET 0),
judged AS (
    SELECT count(*) AS leaves, count(*) FILTER (WHERE is_early OR has_gap) AS faults,
           min(position) FILTER (WHERE is_early OR has_gap) AS first
    FROM leaves),
ends AS (
    SELECT format('the tree of %s leaves does not end where it says', s.size) AS fault
    FROM public.ledger_seal_state s
    WHERE s.size > 0 AND NOT EXISTS (
        SELECT FROM public.ledger_seal_leaf l JOIN public.ledger_transaction t ON t.id = l.transaction_id
        WHERE l.position = s.size - 1 AND (t.epoch, t.xid, t.id) = (s.epoch, s.xid, s.transaction_id)))
SELECT j.leaves, j.faults + (SELECT count(*) FROM ends),
       -- Read once more, by its key: who stood before the first that stands wrong tells how.
       coalesce((SELECT CASE WHEN EXISTS (SELECT FROM public.ledger_seal_leaf b
                                          WHERE b.position = l.position - 1)
                                  OR l.position = 0
                             THEN format('transaction %s stands out of order at %s',
                                         l.transaction_id, l.position)
                             ELSE format('the leaf before %s is gone', l.position) END
                 FROM public.ledger_seal_leaf l WHERE l.position = j.first),
                (SELECT fault FROM ends))
FROM judged j

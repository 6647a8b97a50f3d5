-- Sealed transactions stand one after the other as they were committed; none was taken out, and
-- none slipped in behind the tree's end.
WITH leaves AS (
    SELECT l.position, l.transaction_id,
           l.position - row_number() OVER w + 1 AS gap,
           (t.epoch, t.xid, t.id) < (lag(t.epoch) OVER w, lag(t.xid) OVER w, lag(t.id) OVER w) AS early
    FROM public.ledger_seal_leaf l
    LEFT JOIN public.ledger_transaction t ON t.id = l.transaction_id
    WINDOW w AS (ORDER BY l.position)),
faults AS (
    SELECT 1 AS rank, position AS place,
           CASE WHEN early
                THEN format('transaction %s stands out of order at %s', transaction_id, position)
                ELSE format('the leaf before %s is gone', position) END AS fault
    FROM leaves WHERE early OR gap <> 0
    UNION ALL
    SELECT 2, 0, format('transaction %s was slipped in behind the seals', t.id)
    FROM public.ledger_seal_state s
    JOIN public.ledger_transaction t ON (t.epoch, t.xid, t.id) <= (s.epoch, s.xid, s.transaction_id)
    LEFT JOIN public.ledger_seal_leaf l ON l.transaction_id = t.id
    WHERE l.transaction_id IS NULL
    UNION ALL
    SELECT 3, s.size, format('the tree of %s leaves does not end where it says', s.size)
    FROM public.ledger_seal_state s
    WHERE s.size > 0 AND NOT EXISTS (
        SELECT FROM public.ledger_seal_leaf l JOIN public.ledger_transaction t ON t.id = l.transaction_id
        WHERE l.position = s.size - 1 AND (t.epoch, t.xid, t.id) = (s.epoch, s.xid, s.transaction_id)))
SELECT (SELECT count(*) FROM public.ledger_seal_leaf), (SELECT count(*) FROM faults),
       (SELECT fault FROM faults ORDER BY rank, place LIMIT 1)

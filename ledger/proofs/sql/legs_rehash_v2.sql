-- Every transaction's entries are the legs it was posted with.
-- A slice: the transactions with ids from first to last.
WITH rehashed AS (
    SELECT e.transaction_id,
           sha256(string_agg(uuid_send(e.account_id) || int8send(e.amount), ''::bytea
                             ORDER BY e.account_id)) AS legs_hash
    FROM public.ledger_entry e
    WHERE e.transaction_id BETWEEN %(first)s::uuid AND %(last)s::uuid
    GROUP BY e.transaction_id)
SELECT count(*), count(*) FILTER (WHERE t.legs_hash <> r.legs_hash),
       min('transaction ' || t.id || ' has other entries than its legs')
           FILTER (WHERE t.legs_hash <> r.legs_hash)
FROM rehashed r
JOIN public.ledger_transaction t ON t.id = r.transaction_id
 AND t.id BETWEEN %(first)s::uuid AND %(last)s::uuid

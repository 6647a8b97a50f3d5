-- Every transaction sums to zero in every asset, has at least two entries, and every entry has
-- its transaction, in the same month. (There is no foreign key between the two, by design.)
-- A slice: the transactions with ids from first to last.
WITH sums AS (
    SELECT e.transaction_id, a.asset, sum(e.amount) AS total, count(*) AS entries,
           min(e.month) AS earliest, max(e.month) AS latest
    FROM public.ledger_entry e
    LEFT JOIN public.ledger_account a ON a.id = e.account_id
    WHERE e.transaction_id BETWEEN %(first)s::uuid AND %(last)s::uuid
    GROUP BY e.transaction_id, a.asset),
found AS (
    SELECT transaction_id, sum(entries) AS entries, min(earliest) AS earliest, max(latest) AS latest,
           count(*) FILTER (WHERE total <> 0) AS unbalanced
    FROM sums GROUP BY transaction_id),
posted AS (
    SELECT id, month FROM public.ledger_transaction
    WHERE id BETWEEN %(first)s::uuid AND %(last)s::uuid),
whole AS (
    SELECT coalesce(f.transaction_id, t.id) AS id,
           CASE WHEN t.id IS NULL THEN 'has entries but no transaction'
                WHEN f.entries IS NULL OR f.entries < 2 THEN 'has fewer than two entries'
                WHEN f.earliest <> t.month OR f.latest <> t.month THEN 'has entries of another month'
                WHEN f.unbalanced > 0 THEN 'does not sum to zero' END AS fault
    FROM found f FULL JOIN posted t ON t.id = f.transaction_id)
SELECT count(*), count(fault),
       min('transaction ' || id || ' ' || fault) FILTER (WHERE fault IS NOT NULL)
FROM whole

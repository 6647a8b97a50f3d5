-- Every transaction sums to zero in every asset, has at least two entries, and every entry has
-- its transaction, in the same month. (There is no foreign key between the two, by design.)
WITH sums AS (
    SELECT e.transaction_id, a.asset, sum(e.amount) AS total, count(*) AS entries,
           count(*) FILTER (WHERE t.month IS DISTINCT FROM e.month) AS strays
    FROM public.ledger_entry e
    JOIN public.ledger_account a ON a.id = e.account_id
    LEFT JOIN public.ledger_transaction t ON t.id = e.transaction_id
    GROUP BY e.transaction_id, a.asset),
whole AS (
    SELECT coalesce(s.transaction_id, t.id) AS id,
           CASE WHEN t.id IS NULL THEN 'has entries but no transaction'
                WHEN s.entries IS NULL OR s.entries < 2 THEN 'has fewer than two entries'
                WHEN s.strays > 0 THEN 'has entries of another month'
                WHEN s.unbalanced > 0 THEN 'does not sum to zero' END AS fault
    FROM (SELECT transaction_id, sum(entries) AS entries, sum(strays) AS strays,
                 count(*) FILTER (WHERE total <> 0) AS unbalanced
          FROM sums GROUP BY transaction_id) AS s
    FULL JOIN public.ledger_transaction t ON t.id = s.transaction_id)
SELECT count(*), count(fault), min('transaction ' || id || ' ' || fault) FROM whole

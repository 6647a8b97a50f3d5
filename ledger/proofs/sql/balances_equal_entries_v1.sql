-- Every tracked account's balance is the sum of its entries, and its version their number.
WITH sums AS (
    SELECT e.account_id, sum(e.amount) AS total, count(*) AS entries
    FROM public.ledger_entry e GROUP BY e.account_id),
pairs AS (
    SELECT a.address, a.asset, b.balance, coalesce(s.total, 0) AS total,
           b.balance IS DISTINCT FROM coalesce(s.total, 0)
           OR b.version IS DISTINCT FROM coalesce(s.entries, 0) AS differs
    FROM public.ledger_account a
    LEFT JOIN public.ledger_balance b ON b.account_id = a.id
    LEFT JOIN sums s ON s.account_id = a.id
    WHERE a.tracked)
SELECT count(*), count(*) FILTER (WHERE differs),
       min(address || ' ' || asset || ' holds ' || coalesce(balance::text, 'nothing')
           || ', its entries sum to ' || total) FILTER (WHERE differs)
FROM pairs

-- Every balance is the sum of its account's entries, its version the number of those that bear
-- one; a striped account has all its stripes, and nothing beside them.
WITH sums AS (
    SELECT e.account_id, sum(e.amount) AS total, count(e.version) AS versions
    FROM public.ledger_entry e GROUP BY e.account_id),
stripes AS (
    SELECT s.account_id, count(*) AS stripes FROM public.ledger_stripe s GROUP BY s.account_id),
pairs AS (
    SELECT a.address, a.asset, b.balance, coalesce(s.total, 0) AS total,
           b.balance IS DISTINCT FROM coalesce(s.total, 0)
           OR b.version IS DISTINCT FROM coalesce(s.versions, 0)
           OR r.stripes <> a.stripes OR a.stripes <> coalesce(t.stripes, 0) AS differs
    FROM public.ledger_account a
    LEFT JOIN public.ledger_balance b ON b.account_id = a.id
    LEFT JOIN public.ledger_balance_row r ON r.account_id = a.id
    LEFT JOIN stripes t ON t.account_id = a.id
    LEFT JOIN sums s ON s.account_id = a.id
    WHERE a.tracked OR a.stripes > 0)
SELECT count(*), count(*) FILTER (WHERE differs),
       min(address || ' ' || asset || ' holds ' || coalesce(balance::text, 'nothing')
           || ', its entries sum to ' || total) FILTER (WHERE differs)
FROM pairs

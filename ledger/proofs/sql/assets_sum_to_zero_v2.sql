-- Nothing is made or lost: every asset's entries sum to zero.
WITH accounts AS MATERIALIZED (
    SELECT account_id, count(*) AS entries, sum(amount) AS total
    FROM public.ledger_entry GROUP BY account_id),
sums AS (
    SELECT a.asset, sum(s.entries) AS entries, sum(s.total) AS total
    FROM accounts s JOIN public.ledger_account a ON a.id = s.account_id GROUP BY a.asset)
SELECT coalesce(sum(entries), 0)::bigint,
       count(*) FILTER (WHERE total <> 0),
       min(asset || ' sums to ' || total) FILTER (WHERE total <> 0)
FROM sums

-- Nothing is made or lost: every asset's entries sum to zero.
WITH sums AS (
    SELECT a.asset, count(*) AS entries, sum(e.amount) AS total
    FROM public.ledger_entry e JOIN public.ledger_account a ON a.id = e.account_id
    GROUP BY a.asset)
SELECT coalesce(sum(entries), 0)::bigint,
       count(*) FILTER (WHERE total <> 0),
       min(asset || ' sums to ' || total) FILTER (WHERE total <> 0)
FROM sums

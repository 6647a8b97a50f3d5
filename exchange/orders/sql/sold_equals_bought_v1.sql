-- What changes from own data to data that was bought or given passes system/sold one to one.
WITH sums AS (
    SELECT substr(a.asset, strpos(a.asset, '-') + 1) AS goods, count(*) AS entries,
           sum(e.amount) AS total
    FROM public.ledger_account a JOIN public.ledger_entry e ON e.account_id = a.id
    WHERE a.address = 'system/sold'
    GROUP BY 1)
SELECT coalesce(sum(entries), 0)::bigint, count(*) FILTER (WHERE total <> 0),
       min(goods || ': SURPLUS and DATA at system/sold sum to ' || total)
           FILTER (WHERE total <> 0)
FROM sums

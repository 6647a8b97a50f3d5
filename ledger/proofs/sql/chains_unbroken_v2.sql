-- On a tracked account each entry's version is the one before plus one, and its balance after
-- is the balance before plus its amount; untracked accounts have neither, striped ones only on
-- entries from before they were striped.
WITH chained AS (
    SELECT e.id, a.address, a.asset, e.amount, e.version, e.balance_after,
           a.tracked OR (a.stripes > 0 AND e.version IS NOT NULL) AS chained,
           lag(e.version, 1, 0::bigint) OVER w AS version_before,
           lag(e.balance_after, 1, 0::bigint) OVER w AS balance_before
    FROM public.ledger_entry e JOIN public.ledger_account a ON a.id = e.account_id
    WINDOW w AS (PARTITION BY e.account_id ORDER BY e.version)),
judged AS (
    SELECT id, address, asset,
           CASE WHEN chained
                THEN version IS DISTINCT FROM version_before + 1
                     OR balance_after IS DISTINCT FROM balance_before + amount
                ELSE version IS NOT NULL OR balance_after IS NOT NULL END AS broken
    FROM chained)
SELECT count(*), count(*) FILTER (WHERE broken),
       min('entry ' || id || ' of ' || address || ' ' || asset || ' does not follow the one before')
           FILTER (WHERE broken)
FROM judged

-- One pass over all entries, account by account in the order of their versions, for four claims;
-- a row for each, led by the proof's name.
--  assets_sum_to_zero: nothing is made or lost; and no entry lies in an account that is not there.
--  balances_equal_entries: every balance is the sum of its account's entries, its version the
--    number of those that bear one; a striped account has all its stripes, and nothing beside them.
--  chains_unbroken: on a tracked account each entry's version is the one before plus one, and its
--    balance after is the balance before plus its amount; untracked accounts have neither, striped
--    ones only on entries from before they were striped.
--  bounds_hold: no account is below its floor or above its ceiling, now or after any entry; the
--    bounds are the chart's.
WITH chained AS (
    SELECT e.id, e.account_id, e.amount, e.version, e.balance_after,
           (e.version = lag(e.version, 1, 0::bigint) OVER w + 1
            AND e.balance_after = lag(e.balance_after, 1, 0::bigint) OVER w + e.amount) IS TRUE
               AS follows,
           e.version IS NULL AND e.balance_after IS NULL AS is_bare
    FROM public.ledger_entry e
    WINDOW w AS (PARTITION BY e.account_id ORDER BY e.version)
    OFFSET 0),
-- What follows bears a version; so no entry both follows and is bare.
entries AS (
    SELECT c.account_id, count(*) AS entries, sum(c.amount) AS total, count(c.version) AS versions,
           min(c.balance_after) AS lowest, max(c.balance_after) AS highest,
           count(*) FILTER (WHERE c.follows) AS following, count(*) FILTER (WHERE c.is_bare) AS bare,
           min(c.id) FILTER (WHERE NOT c.follows) AS not_following,
           min(c.id) FILTER (WHERE NOT c.is_bare) AS not_bare,
           min(c.id) FILTER (WHERE NOT c.follows AND NOT c.is_bare) AS neither
    FROM chained c GROUP BY c.account_id),
stripes AS (
    SELECT s.account_id, count(*) AS stripes FROM public.ledger_stripe s GROUP BY s.account_id),
judged AS (
    SELECT a.id IS NOT NULL AS is_there, a.address, a.asset, b.balance, e.entries,
           coalesce(e.total, 0) AS total, a.tracked OR a.stripes > 0 AS has_balance,
           (a.tracked OR a.stripes > 0)
           AND (b.balance IS DISTINCT FROM coalesce(e.total, 0)
                OR b.version IS DISTINCT FROM coalesce(e.versions, 0)
                OR r.stripes <> a.stripes OR a.stripes <> coalesce(s.stripes, 0)) AS differs,
           CASE WHEN a.tracked THEN e.entries - e.following
                WHEN a.stripes > 0 THEN e.entries - e.following - e.bare
                ELSE e.entries - e.bare END AS unchained,
           CASE WHEN a.tracked THEN e.not_following
                WHEN a.stripes > 0 THEN e.neither ELSE e.not_bare END AS first_unchained,
           b.account_id IS NOT NULL AND a.id IS NOT NULL AS is_bounded,
           b.account_id IS NOT NULL
           AND (b.floor IS DISTINCT FROM k.floor OR b.ceiling IS DISTINCT FROM k.ceiling
                OR least(b.balance, e.lowest) < k.floor
                OR greatest(b.balance, e.highest) > k.ceiling) AS is_outside
    FROM entries e
    FULL JOIN public.ledger_account a ON a.id = e.account_id
    LEFT JOIN public.ledger_address_kind k ON k.name = a.kind
    LEFT JOIN public.ledger_balance b ON b.account_id = a.id
    LEFT JOIN public.ledger_balance_row r ON r.account_id = a.id
    LEFT JOIN stripes s ON s.account_id = a.id
    OFFSET 0),
assets AS (
    SELECT asset, sum(entries) AS entries, sum(total) AS total, asset IS NULL OR sum(total) <> 0 AS is_off
    FROM judged WHERE entries > 0 GROUP BY asset)
SELECT 'assets_sum_to_zero', coalesce(sum(entries), 0)::bigint, count(*) FILTER (WHERE is_off),
       min(coalesce(asset, 'what no account holds') || ' sums to ' || total) FILTER (WHERE is_off)
FROM assets
UNION ALL
SELECT claim.*
FROM (SELECT count(*) FILTER (WHERE has_balance) AS balances,
             count(*) FILTER (WHERE differs) AS different,
             min(address || ' ' || asset || ' holds ' || coalesce(balance::text, 'nothing')
                 || ', its entries sum to ' || total) FILTER (WHERE differs) AS difference,
             coalesce(sum(entries) FILTER (WHERE is_there), 0)::bigint AS entries,
             coalesce(sum(unchained) FILTER (WHERE is_there), 0)::bigint AS unchained,
             min('entry ' || first_unchained || ' of ' || address || ' ' || asset
                 || ' does not follow the one before') FILTER (WHERE is_there AND unchained > 0)
                 AS gap,
             count(*) FILTER (WHERE is_bounded) AS bounded,
             count(*) FILTER (WHERE is_outside) AS outside,
             min(address || ' ' || asset || ' has been outside its bounds') FILTER (WHERE is_outside)
                 AS bound
      FROM judged) AS s
CROSS JOIN LATERAL (VALUES ('balances_equal_entries', s.balances, s.different, s.difference),
                           ('chains_unbroken', s.entries, s.unchained, s.gap),
                           ('bounds_hold', s.bounded, s.outside, s.bound)) AS claim

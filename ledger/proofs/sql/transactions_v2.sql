-- One pass over a slice of the books, the transactions with ids from first to last, for four
-- claims; a row for each, led by the proof's name.
--  transactions_balance: every transaction sums to zero in every asset, has at least two entries,
--    and every entry has its transaction, in the same month. (There is no foreign key between
--    the two, by design.)
--  legs_rehash: its entries are the legs it was posted with.
--  seals_rehash: every sealed transaction is there and hashes to its leaf.
--  seals_complete: none was slipped in behind the tree's end.
-- Each entry is read, joined and sorted once, in rows as narrow as can be. What an entry says after
-- its month is put together as text of which the lengths are escaped, and becomes bytes once: with
-- the month's before it, its bytes are those of ledger_seal_entry_v2.
WITH assets AS MATERIALIZED (
    SELECT d.asset, row_number() OVER () AS number
    FROM (SELECT DISTINCT a.asset FROM public.ledger_account a) AS d),
accounts AS (
    SELECT a.id, s.number AS asset,
           encode(public.ledger_seal_account_v2(a.address, a.asset), 'escape') AS said
    FROM public.ledger_account a JOIN assets s ON s.asset = a.asset OFFSET 0),
months AS MATERIALIZED (
    SELECT month, public.ledger_seal_month_v2(month) AS fields,
           '\x0000000800000008656e7472792d7631' || public.ledger_seal_month_v2(month) AS opening
    FROM public.ledger_month),
-- An entry whose account is gone has asset 0, which is no other's, and says nothing.
entries AS (
    SELECT e.transaction_id, e.id, e.month, e.account_id, e.amount, coalesce(a.asset, 0) AS asset,
           ('\000\000\000' || chr(length(e.id::text)) || e.id || a.said
            || '\000\000\000' || chr(length(e.amount::text)) || e.amount
            || coalesce('\000\000\000' || chr(length(e.version::text)) || e.version,
                        '\377\377\377\377')
            || coalesce('\000\000\000' || chr(length(e.balance_after::text)) || e.balance_after,
                        '\377\377\377\377'))::bytea AS said
    FROM public.ledger_entry e
    LEFT JOIN accounts a ON a.id = e.account_id
    WHERE e.transaction_id BETWEEN %(first)s::uuid AND %(last)s::uuid
    ORDER BY e.transaction_id, e.id OFFSET 0),
-- All gathered in the order of the entries' ids, as they were sealed. The legs were hashed in the
-- order of their accounts, in which the posting functions write them; where it is not, the hash
-- differs and is made anew below.
found AS (
    SELECT e.transaction_id, count(*) AS entries, sum(e.amount) AS total,
           min(e.month) AS earliest, max(e.month) AS latest,
           min(e.asset) AS first_asset, max(e.asset) AS last_asset,
           array_agg(e.asset) AS assets, array_agg(e.amount) AS amounts,
           string_agg(uuid_send(e.account_id) || int8send(e.amount), ''::bytea) AS legs,
           array_agg(e.said) AS said
    FROM entries e GROUP BY e.transaction_id),
posted AS (
    SELECT t.*, t.metadata::text AS written, public.ledger_seal_instant_v1(t.at) AS instant,
           m.fields AS month_fields, m.opening
    FROM public.ledger_transaction t LEFT JOIN months m ON m.month = t.month
    WHERE t.id BETWEEN %(first)s::uuid AND %(last)s::uuid OFFSET 0),
leaves AS (
    SELECT l.transaction_id, l.position, l.salts, n.hash
    FROM public.ledger_seal_leaf l
    LEFT JOIN public.ledger_seal_node n ON n.level = 0 AND n.place = l.position
    WHERE l.transaction_id BETWEEN %(first)s::uuid AND %(last)s::uuid OFFSET 0),
judged AS (
    SELECT coalesce(f.transaction_id, t.id, l.transaction_id) AS id, t.id IS NULL AS is_gone,
           f.transaction_id IS NOT NULL OR t.id IS NOT NULL AS is_booked,
           CASE WHEN t.id IS NULL AND f.entries > 0 THEN 'has entries but no transaction'
                WHEN t.id IS NULL THEN NULL
                WHEN f.entries IS NULL OR f.entries < 2 THEN 'has fewer than two entries'
                WHEN f.earliest <> t.month OR f.latest <> t.month THEN 'has entries of another month'
                WHEN CASE WHEN f.first_asset = f.last_asset THEN f.total <> 0
                     ELSE EXISTS (SELECT FROM unnest(f.assets, f.amounts) AS u (asset, amount)
                                  GROUP BY u.asset HAVING sum(u.amount) <> 0) END
                THEN 'does not sum to zero' END AS fault,
           f.entries > 0 AND t.id IS NOT NULL AS has_legs,
           sha256(f.legs) <> t.legs_hash AND t.legs_hash <> (
               SELECT sha256(string_agg(substring(f.legs FROM 24 * u.place + 1 FOR 24), ''::bytea
                                        ORDER BY substring(f.legs FROM 24 * u.place + 1 FOR 16)))
               FROM generate_series(0, f.entries::integer - 1) AS u (place)) AS has_other_legs,
           l.position,
           l.position IS NOT NULL
           AND (f.entries = cardinality(l.salts) AND f.earliest = t.month AND f.latest = t.month
                AND l.hash = public.ledger_seal_leaf_v2(
                    t.id, t.kind, t.month_fields, t.instant, t.actor, t.written, t.reverses,
                    t.legs_hash, t.epoch, t.xid,
                    CASE f.entries
                    WHEN 2 THEN sha256(l.salts[1] || t.opening || f.said[1])
                         || sha256(l.salts[2] || t.opening || f.said[2])
                    WHEN 4 THEN sha256(l.salts[1] || t.opening || f.said[1])
                         || sha256(l.salts[2] || t.opening || f.said[2])
                         || sha256(l.salts[3] || t.opening || f.said[3])
                         || sha256(l.salts[4] || t.opening || f.said[4])
                    ELSE (SELECT string_agg(sha256(u.salt || t.opening || u.said), ''::bytea)
                          FROM unnest(l.salts, f.said) AS u (salt, said)) END)) IS NOT TRUE
               AS is_changed,
           l.position IS NULL AND (t.epoch, t.xid, t.id) <= (s.epoch, s.xid, s.transaction_id)
               AS is_slipped_in
    FROM found f
    FULL JOIN posted t ON t.id = f.transaction_id
    FULL JOIN leaves l ON l.transaction_id = coalesce(f.transaction_id, t.id)
    LEFT JOIN public.ledger_seal_state s ON true
    OFFSET 0)
SELECT claim.*
FROM (SELECT count(*) FILTER (WHERE is_booked) AS booked, count(fault) AS faults,
             min('transaction ' || id || ' ' || fault) FILTER (WHERE fault IS NOT NULL) AS fault,
             count(*) FILTER (WHERE has_legs) AS legs,
             count(*) FILTER (WHERE has_other_legs) AS other_legs,
             min('transaction ' || id || ' has other entries than its legs')
                 FILTER (WHERE has_other_legs) AS other,
             count(position) AS sealed, count(*) FILTER (WHERE is_changed) AS changed,
             min(format('transaction %%s%%s', id,
                        CASE WHEN is_gone THEN ', sealed at ' || position || ', is gone'
                             ELSE ' is not what was sealed at ' || position END))
                 FILTER (WHERE is_changed) AS change,
             count(*) FILTER (WHERE NOT is_gone) AS posted,
             count(*) FILTER (WHERE is_slipped_in) AS slipped_in,
             min('transaction ' || id || ' was slipped in behind the seals')
                 FILTER (WHERE is_slipped_in) AS stranger
      FROM judged) AS s
CROSS JOIN LATERAL (VALUES ('transactions_balance', s.booked, s.faults, s.fault),
                           ('legs_rehash', s.legs, s.other_legs, s.other),
                           ('seals_rehash', s.sealed, s.changed, s.change),
                           ('seals_complete', s.posted, s.slipped_in, s.stranger)) AS claim

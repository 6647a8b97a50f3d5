-- Every sealed transaction is there, unchanged and in its place; none was slipped in behind the
-- tree's end; every subtree, root and month's root follows from the leaves.
WITH entries AS (
    SELECT e.transaction_id, row_number() OVER (PARTITION BY e.transaction_id ORDER BY e.id) AS place,
           public.ledger_seal_fields_v1(public.ledger_seal_entry_v1(
               e.month, e.id, a.address, a.asset, e.amount, e.version, e.balance_after)) AS fields
    FROM public.ledger_entry e
    LEFT JOIN public.ledger_account a ON a.id = e.account_id),
hashed AS (
    SELECT e.transaction_id, count(*) AS entries,
           string_agg(sha256(l.salts[e.place] || e.fields), ''::bytea ORDER BY e.place) AS hashes
    FROM entries e JOIN public.ledger_seal_leaf l USING (transaction_id)
    GROUP BY e.transaction_id),
leaves AS (
    SELECT l.position, l.transaction_id, t.id IS NULL AS gone, n.hash,
           l.position - row_number() OVER (ORDER BY l.position) + 1 AS gap,
           (t.epoch, t.xid, t.id) < lag((t.epoch, t.xid, t.id)) OVER (ORDER BY l.position) AS early,
           h.entries = cardinality(l.salts)
           AND n.hash = sha256('\x00'::bytea
               || public.ledger_seal_fields_v1(public.ledger_seal_header_v1(t)) || h.hashes) AS same
    FROM public.ledger_seal_leaf l
    LEFT JOIN public.ledger_transaction t ON t.id = l.transaction_id
    LEFT JOIN hashed h ON h.transaction_id = l.transaction_id
    LEFT JOIN public.ledger_seal_node n ON n.level = 0 AND n.place = l.position),
faults AS (
    SELECT 1 AS rank, position AS place,
           CASE WHEN gone THEN format('transaction %s, sealed at %s, is gone', transaction_id, position)
                WHEN same IS NOT TRUE
                THEN format('transaction %s is not what was sealed at %s', transaction_id, position)
                WHEN early THEN format('transaction %s stands out of order at %s', transaction_id, position)
                WHEN gap <> 0 THEN format('the leaf before %s is gone', position)
           END AS fault
    FROM leaves
    UNION ALL
    SELECT 2, 0, format('transaction %s was slipped in behind the seals', t.id)
    FROM public.ledger_seal_state s
    JOIN public.ledger_transaction t ON (t.epoch, t.xid, t.id) <= (s.epoch, s.xid, s.transaction_id)
    WHERE NOT EXISTS (SELECT FROM public.ledger_seal_leaf l WHERE l.transaction_id = t.id)
    UNION ALL
    SELECT 3, n.place, format('the subtree %s at level %s does not rehash', n.place, n.level)
    FROM public.ledger_seal_node n
    LEFT JOIN public.ledger_seal_node l ON l.level = n.level - 1 AND l.place = n.place * 2
    LEFT JOIN public.ledger_seal_node r ON r.level = n.level - 1 AND r.place = n.place * 2 + 1
    WHERE n.level > 0 AND n.hash IS DISTINCT FROM sha256('\x01'::bytea || l.hash || r.hash)
    UNION ALL
    SELECT 4, g.level, format('level %s has not the subtrees of a tree of %s leaves', g.level, s.size)
    FROM public.ledger_seal_state s, generate_series(0, 62) AS g (level)
    WHERE s.size >> g.level
          <> (SELECT count(*) FROM public.ledger_seal_node n WHERE n.level = g.level)
    UNION ALL
    SELECT 5, s.size, format('the tree of %s leaves does not end where it says', s.size)
    FROM public.ledger_seal_state s
    WHERE s.size > 0 AND NOT EXISTS (
        SELECT FROM public.ledger_seal_leaf l JOIN public.ledger_transaction t ON t.id = l.transaction_id
        WHERE l.position = s.size - 1 AND (t.epoch, t.xid, t.id) = (s.epoch, s.xid, s.transaction_id))
    UNION ALL
    SELECT 6, h.size, format('the head of size %s has another root than the tree', h.size)
    FROM public.ledger_seal_head h
    WHERE h.root IS DISTINCT FROM public.ledger_seal_root_v1(h.size)
    UNION ALL
    SELECT 7, 0, format('the month %s has another root than its head', to_char(m.month, 'YYYY-MM'))
    FROM public.ledger_month m LEFT JOIN public.ledger_seal_head h ON h.month = m.month
    WHERE m.root IS DISTINCT FROM CASE WHEN m.state = 'closed' THEN h.root END)
SELECT (SELECT count(*) FROM public.ledger_seal_leaf), count(fault),
       (array_agg(fault ORDER BY rank, place) FILTER (WHERE fault IS NOT NULL))[1]
FROM faults

-- Every subtree follows from the two below it, every head and every closed month from the tree.
WITH children AS (
    SELECT level, place, hash,
           CASE WHEN place % 2 = 0 AND lead(place) OVER w = place + 1
                THEN sha256('\x01'::bytea || hash || lead(hash) OVER w) END AS joined
    FROM public.ledger_seal_node WINDOW w AS (PARTITION BY level ORDER BY place)),
pairs AS (
    SELECT level + 1 AS level, place / 2 AS place, joined FROM children WHERE joined IS NOT NULL),
faults AS (
    SELECT 1 AS rank, n.place,
           format('the subtree %s at level %s does not rehash', n.place, n.level) AS fault
    FROM public.ledger_seal_node n LEFT JOIN pairs p ON p.level = n.level AND p.place = n.place
    WHERE n.level > 0 AND n.hash IS DISTINCT FROM p.joined
    UNION ALL
    SELECT 2, g.level, format('level %s has not the subtrees of a tree of %s leaves', g.level, s.size)
    FROM public.ledger_seal_state s
    CROSS JOIN generate_series(0, 62) AS g (level)
    LEFT JOIN (SELECT level, count(*) AS nodes FROM public.ledger_seal_node GROUP BY level) AS n
           ON n.level = g.level
    WHERE s.size >> g.level <> coalesce(n.nodes, 0)
    UNION ALL
    SELECT 3, h.size, format('the head of size %s has another root than the tree', h.size)
    FROM public.ledger_seal_head h
    WHERE h.root IS DISTINCT FROM public.ledger_seal_root_v1(h.size)
    UNION ALL
    SELECT 4, 0, format('the month %s has another root than its head', to_char(m.month, 'YYYY-MM'))
    FROM public.ledger_month m LEFT JOIN public.ledger_seal_head h ON h.month = m.month
    WHERE m.root IS DISTINCT FROM CASE WHEN m.state = 'closed' THEN h.root END)
SELECT (SELECT count(*) FROM public.ledger_seal_node), (SELECT count(*) FROM faults),
       (SELECT fault FROM faults ORDER BY rank, place LIMIT 1)

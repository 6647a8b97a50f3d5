-- The functions of legs_v1 and post_batch_v2 that all postings of many go through, in place of
-- those of before: what they take and give is the same, in fewer and cheaper passes.

-- A sum that stays a bigint: a sum of bigints is else a numeric, which costs more than the rest.
-- Beyond 64 bits it is refused as out of range.
CREATE AGGREGATE public.ledger_sum_v1(bigint) (sfunc = int8pl, stype = bigint, parallel = safe);

CREATE OR REPLACE FUNCTION public.ledger_legs_of_v1(
    p_transactions integer, p_ordinals integer[], p_addresses text[], p_assets text[],
    p_amounts bigint[]
) RETURNS public.ledger_legs_v1
LANGUAGE sql AS $$
    WITH named AS MATERIALIZED (
        SELECT d.ordinal, d.account, d.amount, d.asset, d.place::integer,
               lag(d.account) OVER w = d.account AS again,
               lag(d.asset) OVER w <> d.asset AS of_another_asset
        FROM (SELECT u.ordinal, public.ledger_account_id_v2(u.address, u.asset) AS account,
                     u.amount, u.asset, u.place
              FROM unnest(p_ordinals, p_addresses, p_assets, p_amounts) WITH ORDINALITY
                       AS u (ordinal, address, asset, amount, place) OFFSET 0) AS d
        WINDOW w AS (PARTITION BY d.ordinal ORDER BY d.account)),
    summed AS MATERIALIZED (
        SELECT n.ordinal,
               sha256(string_agg(uuid_send(n.account) || int8send(n.amount), ''::bytea
                                 ORDER BY n.account)) AS legs_hash,
               bool_or(n.of_another_asset) IS NOT TRUE AS of_one_asset,
               sum(n.amount) AS total,
               count(*) >= 2 AND bool_and((n.account IS NOT NULL AND n.amount <> 0
                                           AND n.again IS NOT TRUE) IS TRUE) AS sound
        FROM named n GROUP BY n.ordinal)
    SELECT l.ordinals, l.accounts, l.amounts, l.places, t.hashes,
           coalesce(t.sound AND CASE WHEN t.of_one_asset THEN t.balanced
               ELSE NOT EXISTS (SELECT FROM named n GROUP BY n.ordinal, n.asset
                                HAVING sum(n.amount) <> 0) END, false)
    FROM (SELECT array_agg(n.ordinal ORDER BY n.ordinal, n.account) AS ordinals,
                 array_agg(n.account ORDER BY n.ordinal, n.account) AS accounts,
                 array_agg(n.amount ORDER BY n.ordinal, n.account) AS amounts,
                 array_agg(n.place ORDER BY n.ordinal, n.account) AS places
          FROM named n) AS l,
         (SELECT array_agg(s.legs_hash ORDER BY s.ordinal) AS hashes,
                 bool_and(s.sound) AND count(*) = p_transactions AND min(s.ordinal) = 1
                 AND max(s.ordinal) = p_transactions AS sound,
                 bool_and(s.of_one_asset) AS of_one_asset, bool_and(s.total = 0) AS balanced
          FROM summed s) AS t
$$;

-- The epoch is read as a value: joined, a table nobody analyses makes the planner expect millions.
CREATE OR REPLACE FUNCTION public.ledger_insert_transactions_v1(
    p_month date, p_at timestamptz, p_actor text, p_ordinals integer[],
    p_ids uuid[], p_kinds text[], p_metadata jsonb[], p_reverses uuid[], p_hashes bytea[]
) RETURNS integer[]
LANGUAGE sql AS $$
    WITH asked AS MATERIALIZED (
        SELECT u.id, u.kind, u.metadata, u.reverses, u.legs_hash, u.ordinal::integer
        FROM unnest(p_ids, p_kinds, p_metadata, p_reverses, p_hashes) WITH ORDINALITY
                 AS u (id, kind, metadata, reverses, legs_hash, ordinal)
        WHERE p_ordinals IS NULL OR u.ordinal = ANY (p_ordinals)),
    fresh AS (
        INSERT INTO public.ledger_transaction
            (id, kind, month, at, actor, metadata, reverses, legs_hash, epoch)
        SELECT a.id, a.kind, p_month, p_at, p_actor, a.metadata, a.reverses, a.legs_hash,
               (SELECT e.epoch FROM public.ledger_copy_epoch e)
        FROM asked a ORDER BY a.id
        ON CONFLICT (id) DO NOTHING
        RETURNING id)
    SELECT CASE WHEN (SELECT count(*) FROM fresh) = (SELECT count(*) FROM asked)
        THEN ARRAY(SELECT a.ordinal FROM asked a)
        ELSE ARRAY(SELECT a.ordinal FROM fresh f JOIN asked a ON a.id = f.id) END
$$;

-- Balance rows are looked at first: they are moved next, and most accounts have one.
CREATE OR REPLACE FUNCTION public.ledger_accounts_of_v1(
    p_legs public.ledger_legs_v1, p_addresses text[], p_assets text[], p_month date,
    p_at timestamptz, OUT tracked bigint, OUT striped uuid[], OUT past boolean
)
LANGUAGE plpgsql AS $$
DECLARE
    v_others uuid[];
BEGIN
    past := EXISTS (SELECT FROM unnest(p_assets) AS u (asset)
                    WHERE right(u.asset, 7) COLLATE "C" < to_char(p_month, 'YYYY-MM'));
    FOR i IN 1 .. 2 LOOP
        SELECT count(*) FILTER (WHERE b.stripes = 0),
               array_agg(b.account_id) FILTER (WHERE b.stripes > 0),
               array_agg(u.account) FILTER (WHERE b.account_id IS NULL)
        INTO tracked, striped, v_others
        FROM (SELECT DISTINCT x FROM unnest(p_legs.accounts) AS y (x) ORDER BY x) AS u (account)
        LEFT JOIN public.ledger_balance_row b ON b.account_id = u.account;
        striped := ARRAY(SELECT u.account FROM unnest(striped) AS u (account) ORDER BY u.account);
        EXIT WHEN NOT EXISTS (
            SELECT FROM unnest(v_others) AS u (account)
            WHERE NOT EXISTS (SELECT FROM public.ledger_account a WHERE a.id = u.account));
        PERFORM public.ledger_open_accounts_v2(
            array_agg(n.account), array_agg(p_addresses[n.place]), array_agg(p_assets[n.place]), p_at)
        FROM (SELECT u.account, min(u.place) AS place
              FROM unnest(p_legs.accounts, p_legs.places) AS u (account, place)
              WHERE NOT EXISTS (SELECT FROM public.ledger_account a WHERE a.id = u.account)
              GROUP BY u.account) AS n;
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION public.ledger_post_legs_v2(
    p_month date, p_ids uuid[], p_legs public.ledger_legs_v1, p_tracked bigint
) RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off AS $$
DECLARE
    v_moved uuid[];
    v_bad record;
BEGIN
    WITH legs AS MATERIALIZED (
        SELECT u.id, u.ordinal, u.account, u.amount,
               row_number() OVER w AS nth, public.ledger_sum_v1(u.amount) OVER w AS running
        FROM (SELECT nextval('public.ledger_entry_id') AS id, x.ordinal, x.account, x.amount
              FROM unnest(p_legs.ordinals, p_legs.accounts, p_legs.amounts)
                       AS x (ordinal, account, amount) OFFSET 0) AS u
        WINDOW w AS (PARTITION BY u.account ORDER BY u.id ROWS UNBOUNDED PRECEDING)),
    sums AS MATERIALIZED (
        SELECT l.account, count(*) AS legs, public.ledger_sum_v1(l.amount) AS total,
               min(l.running) AS low, max(l.running) AS high
        FROM legs l GROUP BY l.account ORDER BY l.account),
    moved AS (
        UPDATE public.ledger_balance_row b
        SET balance = b.balance + s.total, version = b.version + s.legs
        FROM sums s
        WHERE b.account_id = s.account AND b.stripes = 0
          -- What would leave its bounds on the way is left for the sentence below to name.
          AND (b.balance + s.low >= b.floor) IS NOT FALSE
          AND (b.balance + s.high <= b.ceiling) IS NOT FALSE
        RETURNING b.account_id, b.balance - s.total AS balance, b.version - s.legs AS version),
    written AS (
        INSERT INTO public.ledger_entry
            (month, account_id, id, transaction_id, amount, version, balance_after)
        SELECT p_month, l.account, l.id, p_ids[l.ordinal], l.amount,
               m.version + l.nth, m.balance + l.running
        FROM legs l LEFT JOIN moved m ON m.account_id = l.account)
    SELECT array_agg(m.account_id) INTO v_moved FROM moved m;
    IF coalesce(cardinality(v_moved), 0) < p_tracked THEN
        SELECT l.account, l.amount INTO v_bad
        FROM (SELECT u.nth, u.account, u.amount, b.balance, b.floor, b.ceiling,
                     sum(u.amount) OVER (PARTITION BY u.account ORDER BY u.nth) AS running
              FROM unnest(p_legs.accounts, p_legs.amounts) WITH ORDINALITY AS u (account, amount, nth)
              JOIN public.ledger_balance_row b ON b.account_id = u.account
              WHERE u.account <> ALL (coalesce(v_moved, '{}'))) AS l
        WHERE l.balance + l.running < l.floor OR l.balance + l.running > l.ceiling
        ORDER BY l.nth LIMIT 1;
        PERFORM public.ledger_refuse_bounds_v1(v_bad.account, v_bad.amount);
    END IF;
END
$$;

-- Legs of many transactions, as the ways in for many read and post them. Granted to nobody.

-- In the order of transactions and accounts; places: where each leg stood in the call.
-- hashes: one for each transaction. sound: false when something is wrong with a leg.
CREATE TYPE public.ledger_legs_v1 AS (
    ordinals integer[], accounts uuid[], amounts bigint[], places integer[],
    hashes bytea[], sound boolean
);

CREATE FUNCTION public.ledger_legs_of_v1(
    p_transactions integer, p_ordinals integer[], p_addresses text[], p_assets text[],
    p_amounts bigint[]
) RETURNS public.ledger_legs_v1
LANGUAGE sql AS $$
    WITH named AS MATERIALIZED (
        SELECT d.ordinal, d.account, d.amount, d.asset, d.place::integer,
               lag(d.account) OVER (PARTITION BY d.ordinal ORDER BY d.account) = d.account AS again
        FROM (SELECT u.ordinal, public.ledger_account_id_v2(u.address, u.asset) AS account,
                     u.amount, u.asset, u.place
              FROM unnest(p_ordinals, p_addresses, p_assets, p_amounts) WITH ORDINALITY
                       AS u (ordinal, address, asset, amount, place) OFFSET 0) AS d),
    summed AS MATERIALIZED (
        SELECT n.ordinal,
               sha256(string_agg(uuid_send(n.account) || int8send(n.amount), ''::bytea
                                 ORDER BY n.account)) AS legs_hash,
               min(n.asset COLLATE "C") = max(n.asset COLLATE "C") AS of_one_asset,
               sum(n.amount) AS total,
               count(*) >= 2 AND count(n.account) = count(*) AND count(n.amount) = count(*)
               AND bool_and(n.amount <> 0 AND n.again IS NOT TRUE) AS sound
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

-- The legs of these transactions alone.
CREATE FUNCTION public.ledger_legs_among_v1(p_legs public.ledger_legs_v1, p_ordinals integer[])
RETURNS public.ledger_legs_v1
LANGUAGE sql AS $$
    SELECT array_agg(u.ordinal ORDER BY u.nth), array_agg(u.account ORDER BY u.nth),
           array_agg(u.amount ORDER BY u.nth), array_agg(u.place ORDER BY u.nth),
           p_legs.hashes, p_legs.sound
    FROM unnest(p_legs.ordinals, p_legs.accounts, p_legs.amounts, p_legs.places) WITH ORDINALITY
             AS u (ordinal, account, amount, place, nth)
    JOIN unnest(p_ordinals) AS o (ordinal) ON o.ordinal = u.ordinal
$$;

-- Write the transactions' rows and return the ordinals of those that were not there before.
CREATE FUNCTION public.ledger_insert_transactions_v1(
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
        SELECT a.id, a.kind, p_month, p_at, p_actor, a.metadata, a.reverses, a.legs_hash, e.epoch
        FROM asked a, public.ledger_copy_epoch e
        ORDER BY a.id
        ON CONFLICT (id) DO NOTHING
        RETURNING id)
    SELECT coalesce(array_agg(a.ordinal), '{}') FROM fresh f JOIN asked a ON a.id = f.id
$$;

-- What the accounts of these legs are, opened first where they are not: how many are tracked, which
-- are striped, and whether any is in an asset past its month.
CREATE FUNCTION public.ledger_accounts_of_v1(
    p_legs public.ledger_legs_v1, p_addresses text[], p_assets text[], p_month date,
    p_at timestamptz, OUT tracked bigint, OUT striped uuid[], OUT past boolean
)
LANGUAGE plpgsql AS $$
DECLARE
    v_all bigint;
    v_known bigint;
BEGIN
    FOR i IN 1 .. 2 LOOP
        SELECT count(*), count(a.id), count(*) FILTER (WHERE a.tracked),
               array_agg(a.id ORDER BY a.id) FILTER (WHERE a.stripes > 0),
               coalesce(bool_or(a.expires_month < p_month), false)
        INTO v_all, v_known, tracked, striped, past
        FROM (SELECT DISTINCT x FROM unnest(p_legs.accounts) AS y (x)) AS u (account)
        LEFT JOIN public.ledger_account a ON a.id = u.account;
        EXIT WHEN v_known = v_all;
        PERFORM public.ledger_open_accounts_v2(
            array_agg(n.account), array_agg(p_addresses[n.place]), array_agg(p_assets[n.place]), p_at)
        FROM (SELECT u.account, min(u.place) AS place
              FROM unnest(p_legs.accounts, p_legs.places) AS u (account, place)
              WHERE NOT EXISTS (SELECT FROM public.ledger_account a WHERE a.id = u.account)
              GROUP BY u.account) AS n;
    END LOOP;
END
$$;

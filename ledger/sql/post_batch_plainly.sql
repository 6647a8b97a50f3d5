-- A batch in fewer passes still: each address hashed once, what is new written by a plain INSERT,
-- assets looked at by name and not by leg. What the functions take, give and refuse is the same.

-- The two halves of an account's id, for who would else hash its name three times.
CREATE FUNCTION public.ledger_account_digest_v1(p_address text, p_asset text) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT sha256(replace(p_address || E'\x1f' || p_asset, '\', '\\')::bytea)
$$;
CREATE FUNCTION public.ledger_account_of_v1(p_digest bytea) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT encode(set_byte(set_byte(substring(p_digest FROM 1 FOR 16),
        6, get_byte(p_digest, 6) & 15 | 128), 8, get_byte(p_digest, 8) & 63 | 128), 'hex')::uuid
$$;

-- Legs of one asset throughout balance when each transaction's do; only others are summed by asset.
CREATE OR REPLACE FUNCTION public.ledger_legs_of_v1(
    p_transactions integer, p_ordinals integer[], p_addresses text[], p_assets text[],
    p_amounts bigint[]
) RETURNS public.ledger_legs_v1
LANGUAGE sql AS $$
    WITH named AS MATERIALIZED (
        SELECT d.ordinal, public.ledger_account_of_v1(d.digest) AS account, d.amount,
               d.place::integer
        FROM (SELECT u.ordinal, u.amount, u.place,
                     public.ledger_account_digest_v1(u.address, u.asset) AS digest
              FROM unnest(p_ordinals, p_addresses, p_assets, p_amounts) WITH ORDINALITY
                       AS u (ordinal, address, asset, amount, place) OFFSET 0) AS d
        ORDER BY 1, 2),
    summed AS (
        SELECT n.ordinal,
               sha256(string_agg(uuid_send(n.account) || int8send(n.amount), ''::bytea
                                 ORDER BY n.account)) AS legs_hash,
               sum(n.amount) AS total,
               count(*) >= 2 AND count(DISTINCT n.account) = count(*)
               AND count(n.amount) = count(*) AND bool_and(n.amount <> 0) AS sound
        FROM named n GROUP BY n.ordinal)
    SELECT l.ordinals, l.accounts, l.amounts, l.places, t.hashes,
           coalesce(t.sound AND CASE
               WHEN p_assets = array_fill(p_assets[1], ARRAY[cardinality(p_assets)]) THEN t.balanced
               ELSE NOT EXISTS (SELECT FROM unnest(p_ordinals, p_assets, p_amounts)
                                    AS u (ordinal, asset, amount)
                                GROUP BY u.ordinal, u.asset HAVING sum(u.amount) <> 0) END, false)
    FROM (SELECT array_agg(n.ordinal ORDER BY n.ordinal, n.account) AS ordinals,
                 array_agg(n.account ORDER BY n.ordinal, n.account) AS accounts,
                 array_agg(n.amount ORDER BY n.ordinal, n.account) AS amounts,
                 array_agg(n.place ORDER BY n.ordinal, n.account) AS places
          FROM named n) AS l,
         (SELECT array_agg(s.legs_hash ORDER BY s.ordinal) AS hashes,
                 bool_and(s.sound) AND count(*) = p_transactions AND min(s.ordinal) = 1
                 AND max(s.ordinal) = p_transactions AS sound,
                 bool_and(s.total = 0) AS balanced
          FROM summed s) AS t
$$;

-- Write the transactions' rows, or none and false when one is there. In the order of their ids, as
-- where conflicts are looked for: that costs a search and a record more for each row.
CREATE FUNCTION public.ledger_insert_new_v1(
    p_month date, p_at timestamptz, p_actor text,
    p_ids uuid[], p_kinds text[], p_metadata jsonb[], p_reverses uuid[], p_hashes bytea[]
) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.ledger_transaction
        (id, kind, month, at, actor, metadata, reverses, legs_hash, epoch)
    SELECT u.id, u.kind, p_month, p_at, p_actor, u.metadata, u.reverses, u.legs_hash,
           (SELECT e.epoch FROM public.ledger_copy_epoch e)
    FROM unnest(p_ids, p_kinds, p_metadata, p_reverses, p_hashes)
             AS u (id, kind, metadata, reverses, legs_hash)
    ORDER BY u.id;
    RETURN true;
EXCEPTION WHEN unique_violation THEN
    RETURN false;
END
$$;

-- Balance rows are looked at first: they are moved next, and most accounts have one.
CREATE OR REPLACE FUNCTION public.ledger_accounts_of_v1(
    p_legs public.ledger_legs_v1, p_addresses text[], p_assets text[], p_month date,
    p_at timestamptz, OUT tracked bigint, OUT striped uuid[], OUT past boolean
)
LANGUAGE plpgsql AS $$
DECLARE
    v_month text := to_char(p_month, 'YYYY-MM');
    v_others uuid[];
BEGIN
    past := EXISTS (SELECT FROM (SELECT DISTINCT x FROM unnest(p_assets) AS y (x)) AS u (asset)
                    WHERE right(u.asset, 7) COLLATE "C" < v_month);
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

-- Post many transactions of one month at one instant, all or nothing. Those posted before with
-- the same content are skipped. p_ordinals names the transaction (1-based) of each leg.
-- Returns the ids posted now.
CREATE OR REPLACE FUNCTION public.ledger_post_batch_v2(
    p_month date, p_at timestamptz, p_actor text,
    p_ids uuid[], p_kinds text[], p_metadata jsonb[], p_reverses uuid[],
    p_ordinals integer[], p_addresses text[], p_assets text[], p_amounts bigint[]
) RETURNS uuid[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_legs public.ledger_legs_v1 := public.ledger_legs_of_v1(
        cardinality(p_ids), p_ordinals, p_addresses, p_assets, p_amounts);
    v_ids uuid[] := p_ids;
    v_kinds text[] := p_kinds;
    v_new integer[];
    v_accounts record;
BEGIN
    IF NOT v_legs.sound THEN
        PERFORM public.ledger_check_batch_v1(
            p_ids, p_ordinals,
            ARRAY(SELECT public.ledger_account_id_v2(u.address, u.asset)
                  FROM unnest(p_addresses, p_assets) WITH ORDINALITY AS u (address, asset, place)
                  ORDER BY u.place),
            p_assets, p_amounts);
    END IF;
    IF NOT public.ledger_insert_new_v1(
           p_month, p_at, p_actor, p_ids, p_kinds, p_metadata, p_reverses, v_legs.hashes) THEN
        IF (SELECT count(DISTINCT u.id) FROM unnest(p_ids) AS u (id)) < cardinality(p_ids) THEN
            RAISE EXCEPTION 'A batch names each transaction once.' USING ERRCODE = 'FC001';
        END IF;
        v_new := public.ledger_insert_transactions_v1(
            p_month, p_at, p_actor, NULL, p_ids, p_kinds, p_metadata, p_reverses, v_legs.hashes);
        PERFORM public.ledger_refuse_other_content_v1(
            p_ids, p_kinds, p_metadata, p_reverses, v_legs.hashes);
        IF cardinality(v_new) = 0 THEN
            RETURN '{}';
        END IF;
        v_legs := public.ledger_legs_among_v1(v_legs, v_new);
        v_ids := ARRAY(SELECT p_ids[u.ordinal] FROM unnest(v_new) AS u (ordinal));
        v_kinds := ARRAY(SELECT p_kinds[u.ordinal] FROM unnest(v_new) AS u (ordinal));
    END IF;
    -- In a statement of its own, after the transactions' rows are in.
    PERFORM public.ledger_check_month_v1(
        p_month, ARRAY(SELECT DISTINCT u.kind FROM unnest(v_kinds) AS u (kind)));
    PERFORM public.ledger_check_reverses_v1(array_remove(p_reverses, NULL));
    v_accounts := public.ledger_accounts_of_v1(v_legs, p_addresses, p_assets, p_month, p_at);
    IF v_accounts.past THEN
        PERFORM public.ledger_check_past_v1(v_legs, p_kinds, p_month);
    END IF;
    PERFORM public.ledger_post_legs_v2(p_month, p_ids, v_legs, v_accounts.tracked);
    PERFORM public.ledger_post_stripes_v1(v_legs, v_accounts.striped);
    RETURN v_ids;
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;

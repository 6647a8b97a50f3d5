-- Post many transactions of one month at one instant, all or nothing. Those posted before with
-- the same content are skipped. p_ordinals names the transaction (1-based) of each leg.
-- Returns the ids posted now.
CREATE FUNCTION public.ledger_post_batch_v2(
    p_month date, p_at timestamptz, p_actor text,
    p_ids uuid[], p_kinds text[], p_metadata jsonb[], p_reverses uuid[],
    p_ordinals integer[], p_addresses text[], p_assets text[], p_amounts bigint[]
) RETURNS uuid[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_legs public.ledger_legs_v1 := public.ledger_legs_of_v1(
        cardinality(p_ids), p_ordinals, p_addresses, p_assets, p_amounts);
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
    IF (SELECT count(DISTINCT u.id) FROM unnest(p_ids) AS u (id)) < cardinality(p_ids) THEN
        RAISE EXCEPTION 'A batch names each transaction once.' USING ERRCODE = 'FC001';
    END IF;
    v_new := public.ledger_insert_transactions_v1(
        p_month, p_at, p_actor, NULL, p_ids, p_kinds, p_metadata, p_reverses, v_legs.hashes);
    IF cardinality(v_new) < cardinality(p_ids) THEN
        PERFORM public.ledger_refuse_other_content_v1(
            p_ids, p_kinds, p_metadata, p_reverses, v_legs.hashes);
        IF cardinality(v_new) = 0 THEN
            RETURN '{}';
        END IF;
        v_legs := public.ledger_legs_among_v1(v_legs, v_new);
    END IF;
    -- In a statement of its own, after the transactions' rows are in.
    PERFORM public.ledger_check_month_v1(
        p_month, ARRAY(SELECT DISTINCT u.kind FROM unnest(p_kinds) AS u (kind)));
    PERFORM public.ledger_check_reverses_v1(array_remove(p_reverses, NULL));
    v_accounts := public.ledger_accounts_of_v1(v_legs, p_addresses, p_assets, p_month, p_at);
    IF v_accounts.past THEN
        PERFORM public.ledger_check_past_v1(v_legs, p_kinds, p_month);
    END IF;
    PERFORM public.ledger_post_legs_v2(p_month, p_ids, v_legs, v_accounts.tracked);
    PERFORM public.ledger_post_stripes_v1(v_legs, v_accounts.striped);
    RETURN ARRAY(SELECT p_ids[u.ordinal] FROM unnest(v_new) AS u (ordinal));
END
$$;

-- Refuse a leg in an asset past its month, unless its transaction's kind may move such.
CREATE FUNCTION public.ledger_check_past_v1(
    p_legs public.ledger_legs_v1, p_kinds text[], p_month date
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_asset text;
BEGIN
    SELECT a.asset INTO v_asset
    FROM unnest(p_legs.ordinals, p_legs.accounts) AS u (ordinal, account)
    JOIN public.ledger_account a ON a.id = u.account AND a.expires_month < p_month
    JOIN unnest(p_kinds) WITH ORDINALITY AS t (kind, ordinal) ON t.ordinal = u.ordinal
    JOIN public.ledger_transaction_kind k ON k.name = t.kind AND NOT k.past_assets
    ORDER BY u.ordinal LIMIT 1;
    IF FOUND THEN
        PERFORM public.ledger_refuse_expired_v1(v_asset);
    END IF;
END
$$;

-- Move the balances of tracked accounts, each row touched once and in id order, and write all
-- the entries. The entries' ids are drawn in posting order and written in their key's order.
--
-- The settings leave two ways to the balance rows, by probing their key in the order of the sums
-- and by walking along it: either locks them in id order, without a pass that only locks.
CREATE FUNCTION public.ledger_post_legs_v2(
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
               row_number() OVER w AS nth, sum(u.amount) OVER w AS running
        FROM (SELECT nextval('public.ledger_entry_id') AS id, x.ordinal, x.account, x.amount
              FROM unnest(p_legs.ordinals, p_legs.accounts, p_legs.amounts)
                       AS x (ordinal, account, amount) OFFSET 0) AS u
        WINDOW w AS (PARTITION BY u.account ORDER BY u.id)),
    sums AS MATERIALIZED (
        SELECT l.account, count(*) AS legs, sum(l.amount) AS total,
               min(l.running) AS low, max(l.running) AS high
        FROM legs l GROUP BY l.account ORDER BY l.account),
    moved AS (
        UPDATE public.ledger_balance_row b
        SET balance = (b.balance + s.total)::bigint, version = b.version + s.legs
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
               m.version + l.nth, (m.balance + l.running)::bigint
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

-- Move the balances of striped accounts as wholes, in id order.
CREATE FUNCTION public.ledger_post_stripes_v1(p_legs public.ledger_legs_v1, p_striped uuid[])
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_account uuid;
    v_whole bigint;
    v_after numeric;
    v_bad bigint;
BEGIN
    FOREACH v_account IN ARRAY coalesce(p_striped, '{}') LOOP
        v_whole := public.ledger_hold_stripes_v1(v_account);
        SELECT v_whole + sum(l.amount),
               (array_agg(l.amount ORDER BY l.nth) FILTER (WHERE v_whole + l.running < 0))[1]
        INTO v_after, v_bad
        FROM (SELECT u.nth, u.amount, sum(u.amount) OVER (ORDER BY u.nth) AS running
              FROM unnest(p_legs.accounts, p_legs.amounts) WITH ORDINALITY AS u (account, amount, nth)
              WHERE u.account = v_account) AS l;
        IF v_bad IS NOT NULL THEN
            PERFORM public.ledger_refuse_bounds_v1(v_account, v_bad);
        END IF;
        PERFORM public.ledger_spread_v1(v_account, NULL, v_after::bigint);
    END LOOP;
END
$$;

-- Post many transactions of one month at one instant, all or nothing. Those posted before with
-- the same content are skipped. p_ordinals names the transaction (1-based) of each leg.
-- Returns the ids posted now.
CREATE FUNCTION public.ledger_post_batch_v1(
    p_month date, p_at timestamptz, p_actor text,
    p_ids uuid[], p_kinds text[], p_metadata jsonb[], p_reverses uuid[],
    p_ordinals integer[], p_addresses text[], p_assets text[], p_amounts bigint[]
) RETURNS uuid[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_accounts uuid[];
    v_hashes bytea[];
    v_new uuid[];
BEGIN
    SELECT array_agg(public.ledger_account_id_v1(u.address, u.asset) ORDER BY u.place)
    INTO v_accounts
    FROM unnest(p_addresses, p_assets) WITH ORDINALITY AS u (address, asset, place);
    PERFORM public.ledger_check_batch_v1(p_ids, p_ordinals, v_accounts, p_assets, p_amounts);
    SELECT array_agg(h.legs_hash ORDER BY h.ordinal) INTO v_hashes
    FROM (SELECT u.ordinal, sha256(string_agg(uuid_send(u.account) || int8send(u.amount),
                                              ''::bytea ORDER BY u.account)) AS legs_hash
          FROM unnest(p_ordinals, v_accounts, p_amounts) AS u (ordinal, account, amount)
          GROUP BY u.ordinal) AS h;

    WITH fresh AS (
        INSERT INTO public.ledger_transaction
            (id, kind, month, at, actor, metadata, reverses, legs_hash, epoch)
        SELECT u.id, u.kind, p_month, p_at, p_actor, u.metadata, u.reverses, u.legs_hash, e.epoch
        FROM unnest(p_ids, p_kinds, p_metadata, p_reverses, v_hashes)
                 AS u (id, kind, metadata, reverses, legs_hash),
             public.ledger_copy_epoch e
        ORDER BY u.id
        ON CONFLICT (id) DO NOTHING
        RETURNING id)
    SELECT coalesce(array_agg(fresh.id), '{}') INTO v_new FROM fresh;
    IF cardinality(v_new) < cardinality(p_ids) THEN
        PERFORM public.ledger_refuse_other_content_v1(
            p_ids, p_kinds, p_metadata, p_reverses, v_hashes);
        IF cardinality(v_new) = 0 THEN
            RETURN v_new;
        END IF;
    END IF;
    PERFORM public.ledger_check_month_v1(p_month, p_kinds);
    PERFORM public.ledger_check_reverses_v1(p_reverses);
    PERFORM public.ledger_post_legs_v1(p_month, p_at, v_new, p_ids, p_kinds,
                                       p_ordinals, v_accounts, p_addresses, p_assets, p_amounts);
    RETURN v_new;
END
$$;

CREATE FUNCTION public.ledger_check_batch_v1(
    p_ids uuid[], p_ordinals integer[], p_accounts uuid[], p_assets text[], p_amounts bigint[]
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_bad record;
BEGIN
    IF array_position(p_accounts, NULL) IS NOT NULL OR array_position(p_amounts, NULL) IS NOT NULL
       OR array_position(p_ordinals, NULL) IS NOT NULL OR 0 = ANY (p_amounts)
       OR cardinality(p_ordinals) <> coalesce(cardinality(p_accounts), 0)
       OR (SELECT count(DISTINCT o) FROM unnest(p_ordinals) AS u (o)
           WHERE o BETWEEN 1 AND cardinality(p_ids)) <> cardinality(p_ids) THEN
        RAISE EXCEPTION 'A posting has at least two legs, each with an address, an asset and an amount.'
            USING ERRCODE = 'FC001';
    END IF;
    IF (SELECT count(DISTINCT id) FROM unnest(p_ids) AS u (id)) <> cardinality(p_ids) THEN
        RAISE EXCEPTION 'A batch names each transaction once.' USING ERRCODE = 'FC001';
    END IF;
    SELECT u.ordinal INTO v_bad FROM unnest(p_ordinals, p_accounts) AS u (ordinal, account)
    GROUP BY u.ordinal, u.account HAVING count(*) > 1 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'A posting names each account once.' USING ERRCODE = 'FC001';
    END IF;
    SELECT u.asset, sum(u.amount) AS total INTO v_bad
    FROM unnest(p_ordinals, p_assets, p_amounts) AS u (ordinal, asset, amount)
    GROUP BY u.ordinal, u.asset HAVING sum(u.amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'The legs in % sum to %, not to zero.', v_bad.asset, v_bad.total
            USING ERRCODE = 'FC001', DETAIL = jsonb_build_object('asset', v_bad.asset)::text;
    END IF;
END
$$;

-- Move the balances, each row locked once in id order, and write the entries of the new transactions.
CREATE FUNCTION public.ledger_post_legs_v1(
    p_month date, p_at timestamptz, p_new uuid[], p_ids uuid[], p_kinds text[],
    p_ordinals integer[], p_accounts uuid[], p_addresses text[], p_assets text[], p_amounts bigint[]
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_bad record;
BEGIN
    IF EXISTS (SELECT FROM unnest(p_accounts) AS u (id)
               LEFT JOIN public.ledger_account a ON a.id = u.id WHERE a.id IS NULL) THEN
        PERFORM public.ledger_open_accounts_v1(
            array_agg(u.id), array_agg(u.address), array_agg(u.asset), p_at)
        FROM (SELECT DISTINCT x.id, x.address, x.asset
              FROM unnest(p_accounts, p_addresses, p_assets) AS x (id, address, asset)
              WHERE NOT EXISTS (SELECT FROM public.ledger_account a WHERE a.id = x.id)) AS u;
    END IF;
    SELECT u.asset INTO v_bad
    FROM unnest(p_ordinals, p_accounts, p_assets) AS u (ordinal, account, asset)
    JOIN public.ledger_account a ON a.id = u.account AND a.expires_month < p_month
    JOIN public.ledger_transaction_kind k ON k.name = p_kinds[u.ordinal] AND NOT k.past_assets
    WHERE p_ids[u.ordinal] = ANY (p_new) LIMIT 1;
    IF FOUND THEN
        PERFORM public.ledger_refuse_expired_v1(v_bad.asset);
    END IF;
    PERFORM FROM public.ledger_balance b WHERE b.account_id = ANY (p_accounts)
    ORDER BY b.account_id FOR NO KEY UPDATE;

    WITH fresh AS (
        SELECT n.id FROM unnest(p_new) AS n (id)),
    legs AS (
        SELECT u.place, p_ids[u.ordinal] AS transaction_id, u.account, u.amount, b.balance, b.version,
               b.floor, b.ceiling
        FROM unnest(p_ordinals, p_accounts, p_amounts) WITH ORDINALITY
                 AS u (ordinal, account, amount, place)
        JOIN fresh ON fresh.id = p_ids[u.ordinal]
        LEFT JOIN public.ledger_balance b ON b.account_id = u.account),
    running AS (
        SELECT l.place, l.transaction_id, l.account, l.amount, l.floor, l.ceiling,
               l.version + row_number() OVER w AS version,
               l.balance + sum(l.amount) OVER w AS after,
               lead(l.place) OVER w IS NULL AS last
        FROM legs l WINDOW w AS (PARTITION BY l.account ORDER BY l.place)),
    moved AS (
        UPDATE public.ledger_balance b SET balance = r.after::bigint, version = r.version
        FROM running r
        WHERE r.last AND r.account = b.account_id
          -- What would break a bound is left for the sentence below to name.
          AND (b.floor IS NULL OR r.after >= b.floor) AND (b.ceiling IS NULL OR r.after <= b.ceiling)),
    written AS (
        INSERT INTO public.ledger_entry
            (month, account_id, transaction_id, amount, version, balance_after)
        SELECT p_month, r.account, r.transaction_id, r.amount, r.version, r.after::bigint
        FROM running r ORDER BY r.place)
    SELECT r.account, r.amount INTO v_bad FROM running r
    WHERE r.after < r.floor OR r.after > r.ceiling ORDER BY r.place LIMIT 1;
    IF FOUND THEN
        PERFORM public.ledger_refuse_bounds_v1(v_bad.account, v_bad.amount);
    END IF;
END
$$;

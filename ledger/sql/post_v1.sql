-- Shared by both ways in; granted to nobody.
CREATE FUNCTION public.ledger_open_accounts_v1(
    p_ids uuid[], p_addresses text[], p_assets text[], p_at timestamptz
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_unknown text;
BEGIN
    SELECT u.address INTO v_unknown
    FROM unnest(p_addresses) AS u (address)
    WHERE NOT EXISTS (SELECT FROM public.ledger_address_kind k WHERE u.address ~ k.pattern)
    ORDER BY 1 LIMIT 1;
    IF v_unknown IS NOT NULL THEN
        RAISE EXCEPTION 'No kind of account has the address %.', v_unknown
            USING ERRCODE = 'FC004', DETAIL = jsonb_build_object('address', v_unknown)::text;
    END IF;
    INSERT INTO public.ledger_account
        (id, address, asset, kind, tracked, organisation, expires_month, opened_at)
    SELECT DISTINCT ON (u.id) u.id, u.address, u.asset, k.name, k.tracked, k.organisation,
           to_date(substring(u.asset FROM '-(20[0-9]{2}-(?:0[1-9]|1[0-2]))$'), 'YYYY-MM'), p_at
    FROM unnest(p_ids, p_addresses, p_assets) AS u (id, address, asset)
    JOIN public.ledger_address_kind k ON u.address ~ k.pattern
    ORDER BY u.id
    ON CONFLICT DO NOTHING;
    INSERT INTO public.ledger_balance (account_id, floor, ceiling)
    SELECT DISTINCT ON (u.id) u.id, k.floor, k.ceiling
    FROM unnest(p_ids, p_addresses) AS u (id, address)
    JOIN public.ledger_address_kind k ON u.address ~ k.pattern
    WHERE k.tracked
    ORDER BY u.id
    ON CONFLICT DO NOTHING;
END
$$;

-- Refuse a month, a kind or an isolation that takes no posting, and say which.
CREATE FUNCTION public.ledger_check_month_v1(p_month date, p_kinds text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_state text;
    v_kind text;
    v_name text := to_char(p_month, 'YYYY-MM');
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'A posting needs READ COMMITTED.' USING ERRCODE = 'FC011';
    END IF;
    SELECT u.kind INTO v_kind FROM unnest(p_kinds) AS u (kind)
    WHERE NOT EXISTS (SELECT FROM public.ledger_transaction_kind k WHERE k.name = u.kind) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'No kind of transaction is named %.', v_kind
            USING ERRCODE = 'FC005', DETAIL = jsonb_build_object('kind', v_kind)::text;
    END IF;
    SELECT state INTO v_state FROM public.ledger_month WHERE month = p_month;
    IF v_state IS NULL THEN
        RAISE EXCEPTION 'The month % is not open.', v_name
            USING ERRCODE = 'FC006', DETAIL = jsonb_build_object('month', v_name)::text;
    END IF;
    SELECT k.name INTO v_kind FROM public.ledger_transaction_kind k
    WHERE k.name = ANY (p_kinds)
      AND v_state <> CASE WHEN k.closes THEN 'closing' ELSE 'open' END LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'The month % is %; it takes no % now.', v_name, v_state, v_kind
            USING ERRCODE = 'FC007',
                  DETAIL = jsonb_build_object('month', v_name, 'state', v_state)::text;
    END IF;
END
$$;

-- Post one transaction, or find that it was posted before with the same content.
-- True: posted now. False: posted before.
CREATE FUNCTION public.ledger_post_v1(
    p_id uuid, p_kind text, p_month date, p_at timestamptz, p_actor text, p_metadata jsonb,
    p_reverses uuid, p_addresses text[], p_assets text[], p_amounts bigint[]
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_ids uuid[];
    v_addresses text[];
    v_assets text[];
    v_amounts bigint[];
    v_legs_hash bytea;
    v_tracked boolean[];
    v_versions bigint[] := '{}';
    v_after bigint[] := '{}';
    v_version bigint;
    v_balance bigint;
    v_past_assets boolean;
    v_expired text;
    i integer;
BEGIN
    SELECT array_agg(l.id ORDER BY l.id), array_agg(l.address ORDER BY l.id),
           array_agg(l.asset ORDER BY l.id), array_agg(l.amount ORDER BY l.id),
           sha256(string_agg(uuid_send(l.id) || int8send(l.amount), ''::bytea ORDER BY l.id))
    INTO v_ids, v_addresses, v_assets, v_amounts, v_legs_hash
    FROM (SELECT public.ledger_account_id_v1(u.address, u.asset) AS id, u.address, u.asset, u.amount
          FROM unnest(p_addresses, p_assets, p_amounts) AS u (address, asset, amount)) AS l;
    PERFORM public.ledger_check_legs_v1(v_ids, v_assets, v_amounts);

    INSERT INTO public.ledger_transaction
        (id, kind, month, at, actor, metadata, reverses, legs_hash, epoch)
    VALUES (p_id, p_kind, p_month, p_at, p_actor, p_metadata, p_reverses, v_legs_hash,
            (SELECT epoch FROM public.ledger_copy_epoch))
    ON CONFLICT (id) DO NOTHING;
    IF NOT FOUND THEN
        PERFORM public.ledger_refuse_other_content_v1(
            ARRAY[p_id], ARRAY[p_kind], ARRAY[p_metadata], ARRAY[p_reverses], ARRAY[v_legs_hash]);
        RETURN false;
    END IF;

    -- Read in a statement of its own, after the transaction row is in: so no posting can slip
    -- into a closing month unseen.
    SELECT k.past_assets INTO v_past_assets
    FROM public.ledger_transaction_kind k, public.ledger_month m
    WHERE k.name = p_kind AND m.month = p_month
      AND m.state = CASE WHEN k.closes THEN 'closing' ELSE 'open' END;
    IF NOT FOUND OR current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM public.ledger_check_month_v1(p_month, ARRAY[p_kind]);
    END IF;
    IF p_reverses IS NOT NULL THEN
        PERFORM public.ledger_check_reverses_v1(ARRAY[p_reverses]);
    END IF;

    FOR i IN 1 .. 2 LOOP
        SELECT array_agg(a.tracked ORDER BY a.id),
               min(a.asset) FILTER (WHERE a.expires_month < p_month)
        INTO v_tracked, v_expired
        FROM public.ledger_account a WHERE a.id = ANY (v_ids);
        EXIT WHEN cardinality(v_tracked) = cardinality(v_ids);
        PERFORM public.ledger_open_accounts_v1(v_ids, v_addresses, v_assets, p_at);
    END LOOP;
    IF v_expired IS NOT NULL AND NOT v_past_assets THEN
        PERFORM public.ledger_refuse_expired_v1(v_expired);
    END IF;

    FOR i IN 1 .. cardinality(v_ids) LOOP
        v_version := NULL;
        v_balance := NULL;
        IF v_tracked[i] THEN
            UPDATE public.ledger_balance
            SET balance = balance + v_amounts[i], version = version + 1
            WHERE account_id = v_ids[i]
              AND (floor IS NULL OR balance + v_amounts[i] >= floor)
              AND (ceiling IS NULL OR balance + v_amounts[i] <= ceiling)
            RETURNING version, balance INTO v_version, v_balance;
            IF NOT FOUND THEN
                PERFORM public.ledger_refuse_bounds_v1(v_ids[i], v_amounts[i]);
            END IF;
        END IF;
        v_versions := v_versions || v_version;
        v_after := v_after || v_balance;
    END LOOP;

    INSERT INTO public.ledger_entry
        (month, account_id, transaction_id, amount, version, balance_after)
    SELECT p_month, u.account_id, p_id, u.amount, u.version, u.after
    FROM unnest(v_ids, v_amounts, v_versions, v_after) AS u (account_id, amount, version, after);
    RETURN true;
END
$$;

-- An account's id, as ledger_account_id_v1 derives it, in one expression: the planner puts it in
-- place, and a digest made three times is quicker than a function called.
CREATE FUNCTION public.ledger_account_id_v2(p_address text, p_asset text) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT encode(set_byte(set_byte(
        substring(sha256(convert_to(p_address || E'\x1f' || p_asset, 'UTF8')) FROM 1 FOR 16),
        6, get_byte(sha256(convert_to(p_address || E'\x1f' || p_asset, 'UTF8')), 6) & 15 | 128),
        8, get_byte(sha256(convert_to(p_address || E'\x1f' || p_asset, 'UTF8')), 8) & 63 | 128),
        'hex')::uuid
$$;

-- Post one transaction, or find that it was posted before with the same content.
-- True: posted now. False: posted before.
--
-- Written for the two legs that most postings have: what costs here is each statement, so there
-- are five, and plans are made once (with arrays of unknown length the planner would plan anew
-- for every call).
CREATE FUNCTION public.ledger_post_v2(
    p_id uuid, p_kind text, p_month date, p_at timestamptz, p_actor text, p_metadata jsonb,
    p_reverses uuid, p_addresses text[], p_assets text[], p_amounts bigint[]
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_name text := to_char(p_month, 'YYYY-MM');
    v_ids uuid[];
    v_addresses text[] := p_addresses;
    v_assets text[] := p_assets;
    v_amounts bigint[] := p_amounts;
    v_legs_hash bytea;
    v_expired text;
    v_past_assets boolean;
    v_rows smallint[];
    v_versions bigint[];
    v_after bigint[];
    v_version bigint;
    v_balance bigint;
    i integer;
BEGIN
    IF cardinality(p_amounts) = 2 AND cardinality(p_addresses) = 2 AND cardinality(p_assets) = 2
       AND p_assets[1] = p_assets[2] AND p_addresses[1] <> p_addresses[2]
       AND p_amounts[1] = -p_amounts[2] AND p_amounts[1] <> 0 THEN
        v_ids := ARRAY[public.ledger_account_id_v2(p_addresses[1], p_assets[1]),
                       public.ledger_account_id_v2(p_addresses[2], p_assets[2])];
        IF v_ids[1] > v_ids[2] THEN
            v_ids := ARRAY[v_ids[2], v_ids[1]];
            v_addresses := ARRAY[p_addresses[2], p_addresses[1]];
            v_amounts := ARRAY[p_amounts[2], p_amounts[1]];
        END IF;
        v_legs_hash := sha256(uuid_send(v_ids[1]) || int8send(v_amounts[1])
                              || uuid_send(v_ids[2]) || int8send(v_amounts[2]));
        IF right(p_assets[1], 7) COLLATE "C" < v_name THEN
            v_expired := p_assets[1];
        END IF;
    ELSE
        SELECT array_agg(l.id ORDER BY l.id), array_agg(l.address ORDER BY l.id),
               array_agg(l.asset ORDER BY l.id), array_agg(l.amount ORDER BY l.id),
               sha256(string_agg(uuid_send(l.id) || int8send(l.amount), ''::bytea ORDER BY l.id)),
               min(l.asset) FILTER (WHERE right(l.asset, 7) COLLATE "C" < v_name)
        INTO v_ids, v_addresses, v_assets, v_amounts, v_legs_hash, v_expired
        FROM (SELECT public.ledger_account_id_v2(u.address, u.asset) AS id,
                     u.address, u.asset, u.amount
              FROM unnest(p_addresses, p_assets, p_amounts) AS u (address, asset, amount)) AS l;
        PERFORM public.ledger_check_legs_v1(v_ids, v_assets, v_amounts);
    END IF;

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
    -- into a closing month unseen. The accounts come along, by how many balance rows they have.
    SELECT k.past_assets, ARRAY(
        SELECT CASE WHEN a.tracked THEN 1 ELSE a.stripes END
        FROM public.ledger_account a WHERE a.id = ANY (v_ids) ORDER BY a.id)
    INTO v_past_assets, v_rows
    FROM public.ledger_transaction_kind k, public.ledger_month m
    WHERE k.name = p_kind AND m.month = p_month
      AND m.state = CASE WHEN k.closes THEN 'closing' ELSE 'open' END;
    IF NOT FOUND OR current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM public.ledger_check_month_v1(p_month, ARRAY[p_kind]);
    END IF;
    IF p_reverses IS NOT NULL THEN
        PERFORM public.ledger_check_reverses_v1(ARRAY[p_reverses]);
    END IF;
    IF cardinality(v_rows) < cardinality(v_ids) THEN
        PERFORM public.ledger_open_accounts_v2(v_ids, v_addresses, v_assets, p_at);
        v_rows := ARRAY(SELECT CASE WHEN a.tracked THEN 1 ELSE a.stripes END
                        FROM public.ledger_account a WHERE a.id = ANY (v_ids) ORDER BY a.id);
    END IF;
    IF v_expired IS NOT NULL AND NOT v_past_assets THEN
        PERFORM public.ledger_refuse_expired_v1(v_expired);
    END IF;

    FOR i IN 1 .. cardinality(v_ids) LOOP
        v_version := NULL;
        v_balance := NULL;
        IF v_rows[i] = 1 THEN
            UPDATE public.ledger_balance_row
            SET balance = balance + v_amounts[i], version = version + 1
            WHERE account_id = v_ids[i] AND stripes = 0
              AND (balance + v_amounts[i] >= floor) IS NOT FALSE
              AND (balance + v_amounts[i] <= ceiling) IS NOT FALSE
            RETURNING version, balance INTO v_version, v_balance;
            IF NOT FOUND THEN
                PERFORM public.ledger_refuse_bounds_v1(v_ids[i], v_amounts[i]);
            END IF;
        END IF;
        v_versions[i] := v_version;
        v_after[i] := v_balance;
    END LOOP;
    -- The balances of many rows last: they are wanted by many, and held until the commit.
    FOR i IN 1 .. cardinality(v_ids) LOOP
        IF v_rows[i] > 1 THEN
            PERFORM public.ledger_move_stripes_v1(v_ids[i], v_amounts[i]);
        END IF;
    END LOOP;

    INSERT INTO public.ledger_entry
        (month, account_id, transaction_id, amount, version, balance_after)
    SELECT p_month, u.account_id, p_id, u.amount, u.version, u.after
    FROM unnest(v_ids, v_amounts, v_versions, v_after) AS u (account_id, amount, version, after);
    RETURN true;
END
$$;

-- Its own row would be there to be found as what it reverses.
ALTER TABLE public.ledger_transaction
    ADD CONSTRAINT ledger_transaction_reverses_another CHECK (reverses <> id);

-- Post one transaction, or find that it was posted before with the same content.
-- True: posted now. False: posted before.
--
-- Most postings have two legs of one asset between accounts that are open. They take three
-- statements, whose plans know nothing of arrays; what costs here is statements and what is
-- computed in them. Whatever is not so, or is to be refused, goes the way for any posting.
CREATE OR REPLACE FUNCTION public.ledger_post_v2(
    p_id uuid, p_kind text, p_month date, p_at timestamptz, p_actor text, p_metadata jsonb,
    p_reverses uuid, p_addresses text[], p_assets text[], p_amounts bigint[]
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- Taken before the month is read: a close waits for every transaction id taken until the
    -- month's state was changed, so none that saw it open is missed.
    v_xid xid8 := pg_current_xact_id();
    v_amount bigint := p_amounts[1];
    v_epoch integer;
    v_low uuid;
    v_high uuid;
    v_low_rows smallint;
    v_high_rows smallint;
    v_moved integer;
BEGIN
    IF cardinality(p_amounts) = 2 AND cardinality(p_addresses) = 2 AND cardinality(p_assets) = 2
       AND p_assets[1] = p_assets[2] AND v_amount = -p_amounts[2] AND v_amount <> 0
       AND p_reverses IS NULL AND current_setting('transaction_isolation') = 'read committed' THEN
        -- A row, when all that does not depend on balances allows it. Low and high: the order in
        -- which balances are held. Rows: how many rows an account's balance has.
        SELECT e.epoch, least(x.id, y.id), greatest(x.id, y.id),
               CASE WHEN x.id < y.id THEN v_amount ELSE -v_amount END,
               CASE WHEN x.id < y.id THEN greatest(x.tracked::integer, x.stripes)
                    ELSE greatest(y.tracked::integer, y.stripes) END,
               CASE WHEN x.id < y.id THEN greatest(y.tracked::integer, y.stripes)
                    ELSE greatest(x.tracked::integer, x.stripes) END
        INTO v_epoch, v_low, v_high, v_amount, v_low_rows, v_high_rows
        FROM public.ledger_copy_epoch e, public.ledger_transaction_kind k, public.ledger_month m,
             public.ledger_account x, public.ledger_account y
        WHERE x.address = p_addresses[1] AND x.asset = p_assets[1]
          AND y.address = p_addresses[2] AND y.asset = p_assets[1] AND x.id <> y.id
          AND (x.expires_month >= p_month OR k.past_assets) IS NOT FALSE
          AND k.name = p_kind AND m.month = p_month
          AND m.state = CASE WHEN k.closes THEN 'closing' ELSE 'open' END;
        IF FOUND THEN
            INSERT INTO public.ledger_transaction
                (id, kind, month, at, actor, metadata, legs_hash, epoch)
            VALUES (p_id, p_kind, p_month, p_at, p_actor, p_metadata,
                    sha256(uuid_send(v_low) || int8send(v_amount)
                           || uuid_send(v_high) || int8send(-v_amount)), v_epoch)
            ON CONFLICT (id) DO NOTHING;
            IF FOUND AND v_low_rows = 1 AND v_high_rows = 1 THEN
                -- The second is moved by what the first returns, so they are held in order.
                WITH low AS (
                    UPDATE public.ledger_balance_row b
                    SET balance = b.balance + v_amount, version = b.version + 1
                    WHERE b.account_id = v_low AND b.stripes = 0
                      AND (b.balance + v_amount >= b.floor) IS NOT FALSE
                      AND (b.balance + v_amount <= b.ceiling) IS NOT FALSE
                    RETURNING b.version, b.balance),
                high AS (
                    UPDATE public.ledger_balance_row b
                    SET balance = b.balance - v_amount, version = b.version + 1
                    FROM low
                    WHERE b.account_id = v_high AND b.stripes = 0
                      AND (b.balance - v_amount >= b.floor) IS NOT FALSE
                      AND (b.balance - v_amount <= b.ceiling) IS NOT FALSE
                    RETURNING b.version, b.balance)
                INSERT INTO public.ledger_entry
                    (month, account_id, transaction_id, amount, version, balance_after)
                SELECT p_month, v_low, p_id, v_amount, l.version, l.balance FROM low l
                UNION ALL
                SELECT p_month, v_high, p_id, -v_amount, h.version, h.balance FROM high h;
                GET DIAGNOSTICS v_moved = ROW_COUNT;
                IF v_moved = 0 THEN
                    PERFORM public.ledger_refuse_bounds_v1(v_low, v_amount);
                ELSIF v_moved = 1 THEN
                    PERFORM public.ledger_refuse_bounds_v1(v_high, -v_amount);
                END IF;
                RETURN true;
            ELSIF FOUND THEN
                PERFORM public.ledger_post_two_v1(
                    p_month, p_id, v_low, v_low_rows, v_high, v_high_rows, v_amount);
                RETURN true;
            END IF;
        END IF;
    END IF;
    RETURN public.ledger_post_any_v1(p_id, p_kind, p_month, p_at, p_actor, p_metadata,
                                     p_reverses, p_addresses, p_assets, p_amounts);
END
$$;

-- Move two balances that are not both one row, and write the entries. An untracked account has no
-- row, a striped one several: those last, for they are wanted by many and held until the commit.
CREATE FUNCTION public.ledger_post_two_v1(
    p_month date, p_id uuid, p_low uuid, p_low_rows smallint, p_high uuid, p_high_rows smallint,
    p_amount bigint
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_account uuid := CASE WHEN p_low_rows = 1 THEN p_low WHEN p_high_rows = 1 THEN p_high END;
    v_amount bigint := CASE WHEN p_low_rows = 1 THEN p_amount ELSE -p_amount END;
    v_version bigint;
    v_after bigint;
BEGIN
    IF v_account IS NOT NULL THEN
        UPDATE public.ledger_balance_row b
        SET balance = b.balance + v_amount, version = b.version + 1
        WHERE b.account_id = v_account AND b.stripes = 0
          AND (b.balance + v_amount >= b.floor) IS NOT FALSE
          AND (b.balance + v_amount <= b.ceiling) IS NOT FALSE
        RETURNING b.version, b.balance INTO v_version, v_after;
        IF NOT FOUND THEN
            PERFORM public.ledger_refuse_bounds_v1(v_account, v_amount);
        END IF;
    END IF;
    IF p_low_rows > 1 THEN
        PERFORM public.ledger_move_stripes_v1(p_low, p_amount);
    END IF;
    IF p_high_rows > 1 THEN
        PERFORM public.ledger_move_stripes_v1(p_high, -p_amount);
    END IF;
    INSERT INTO public.ledger_entry
        (month, account_id, transaction_id, amount, version, balance_after)
    VALUES (p_month, p_low, p_id, p_amount,
            CASE WHEN p_low_rows = 1 THEN v_version END, CASE WHEN p_low_rows = 1 THEN v_after END),
           (p_month, p_high, p_id, -p_amount,
            CASE WHEN p_high_rows = 1 THEN v_version END, CASE WHEN p_high_rows = 1 THEN v_after END);
END
$$;

-- Post any transaction, or refuse it. Generic plans: with arrays of unknown length the planner
-- would plan anew for every call.
CREATE FUNCTION public.ledger_post_any_v1(
    p_id uuid, p_kind text, p_month date, p_at timestamptz, p_actor text, p_metadata jsonb,
    p_reverses uuid, p_addresses text[], p_assets text[], p_amounts bigint[]
) RETURNS boolean
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_ids uuid[];
    v_addresses text[];
    v_assets text[];
    v_amounts bigint[];
    v_legs_hash bytea;
    v_expired text;
    v_past_assets boolean;
    v_rows smallint[];
    v_versions bigint[];
    v_after bigint[];
    v_version bigint;
    v_balance bigint;
BEGIN
    SELECT array_agg(l.id ORDER BY l.id), array_agg(l.address ORDER BY l.id),
           array_agg(l.asset ORDER BY l.id), array_agg(l.amount ORDER BY l.id),
           sha256(string_agg(uuid_send(l.id) || int8send(l.amount), ''::bytea ORDER BY l.id)),
           min(l.asset) FILTER (WHERE right(l.asset, 7) COLLATE "C" < to_char(p_month, 'YYYY-MM'))
    INTO v_ids, v_addresses, v_assets, v_amounts, v_legs_hash, v_expired
    FROM (SELECT public.ledger_account_id_v2(u.address, u.asset) AS id,
                 u.address, u.asset, u.amount
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
            UPDATE public.ledger_balance_row b
            SET balance = b.balance + v_amounts[i], version = b.version + 1
            WHERE b.account_id = v_ids[i] AND b.stripes = 0
              AND (b.balance + v_amounts[i] >= b.floor) IS NOT FALSE
              AND (b.balance + v_amounts[i] <= b.ceiling) IS NOT FALSE
            RETURNING b.version, b.balance INTO v_version, v_balance;
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

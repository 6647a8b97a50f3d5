-- Open one account at an address of a known kind, as before; and return how many rows its balance
-- has. Granted to nobody.
DROP FUNCTION public.ledger_open_one_v1(uuid, text, text, timestamptz);
CREATE FUNCTION public.ledger_open_one_v1(
    p_id uuid, p_address text, p_asset text, p_at timestamptz
) RETURNS smallint
LANGUAGE plpgsql AS $$
DECLARE
    v_kind public.ledger_address_kind;
BEGIN
    SELECT k.* INTO v_kind FROM public.ledger_address_kind k
    WHERE starts_with(k.pattern, '^' || split_part(p_address, '/', 1) || '/')
      AND p_address ~ k.pattern;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'No kind of account has the address %.', p_address
            USING ERRCODE = 'FC004', DETAIL = jsonb_build_object('address', p_address)::text;
    END IF;
    INSERT INTO public.ledger_account
        (id, address, asset, kind, tracked, organisation, stripes, expires_month, opened_at)
    VALUES (p_id, p_address, p_asset, v_kind.name, v_kind.tracked, v_kind.organisation,
            v_kind.stripes,
            to_date(substring(p_asset FROM '-(20[0-9]{2}-(?:0[1-9]|1[0-2]))$'), 'YYYY-MM'), p_at)
    ON CONFLICT DO NOTHING;
    -- Only who opened the account opens its balance: another's is already there.
    IF FOUND AND (v_kind.tracked OR v_kind.stripes > 0) THEN
        INSERT INTO public.ledger_balance_row (account_id, floor, ceiling, stripes)
        VALUES (p_id, v_kind.floor, v_kind.ceiling, v_kind.stripes);
        IF v_kind.stripes > 0 THEN
            INSERT INTO public.ledger_stripe (account_id, stripe)
            SELECT p_id, s.stripe FROM generate_series(0, v_kind.stripes - 1) AS s (stripe);
        END IF;
    END IF;
    RETURN greatest(v_kind.tracked::integer, v_kind.stripes);
END
$$;

-- Post one transaction, or find that it was posted before with the same content.
-- True: posted now. False: posted before.
--
-- Most postings have two legs of one asset, from an account that is open to one that is, or that
-- is opened for them: where coins wait. They take three statements, or six, whose plans know
-- nothing of arrays; what costs here is statements and what is computed in them. Whatever is not
-- so, or is to be refused, goes the way for any posting.
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
    v_new uuid;
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
        -- which balances are held; both the first account while the second is not open. Rows: how
        -- many rows an account's balance has.
        SELECT e.epoch, least(x.id, y.id), greatest(x.id, y.id),
               CASE WHEN x.id > y.id THEN -v_amount ELSE v_amount END,
               CASE WHEN x.id > y.id THEN greatest(y.tracked::integer, y.stripes)
                    ELSE greatest(x.tracked::integer, x.stripes) END,
               CASE WHEN x.id > y.id THEN greatest(x.tracked::integer, x.stripes)
                    ELSE greatest(y.tracked::integer, y.stripes) END
        INTO v_epoch, v_low, v_high, v_amount, v_low_rows, v_high_rows
        FROM public.ledger_copy_epoch e, public.ledger_transaction_kind k, public.ledger_month m,
             public.ledger_account x
             LEFT JOIN public.ledger_account y
                 ON y.address = p_addresses[2] AND y.asset = p_assets[1]
        WHERE x.address = p_addresses[1] AND x.asset = p_assets[1]
          AND p_addresses[1] <> p_addresses[2]
          AND (x.expires_month >= p_month OR k.past_assets) IS NOT FALSE
          AND k.name = p_kind AND m.month = p_month
          AND m.state = CASE WHEN k.closes THEN 'closing' ELSE 'open' END;
        IF FOUND THEN
            IF v_low = v_high THEN
                v_new := public.ledger_account_id_v2(p_addresses[2], p_assets[1]);
                IF v_new > v_low THEN
                    v_high := v_new;
                ELSE
                    v_low := v_new;
                    v_high_rows := v_low_rows;
                    v_amount := -v_amount;
                END IF;
            END IF;
            INSERT INTO public.ledger_transaction
                (id, kind, month, at, actor, metadata, legs_hash, epoch)
            VALUES (p_id, p_kind, p_month, p_at, p_actor, p_metadata,
                    sha256(uuid_send(v_low) || int8send(v_amount)
                           || uuid_send(v_high) || int8send(-v_amount)), v_epoch)
            ON CONFLICT (id) DO NOTHING;
            IF FOUND THEN
                IF v_new = v_high THEN
                    v_high_rows := public.ledger_open_one_v1(
                        v_new, p_addresses[2], p_assets[1], p_at);
                ELSIF v_new = v_low THEN
                    v_low_rows := public.ledger_open_one_v1(
                        v_new, p_addresses[2], p_assets[1], p_at);
                END IF;
                IF v_low_rows <> 1 OR v_high_rows <> 1 THEN
                    PERFORM public.ledger_post_two_v1(
                        p_month, p_id, v_low, v_low_rows, v_high, v_high_rows, v_amount);
                    RETURN true;
                END IF;
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
            END IF;
        END IF;
    END IF;
    RETURN public.ledger_post_any_v1(p_id, p_kind, p_month, p_at, p_actor, p_metadata,
                                     p_reverses, p_addresses, p_assets, p_amounts);
END
$$;

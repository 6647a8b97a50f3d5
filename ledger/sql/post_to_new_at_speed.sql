-- Post to an account that is opened for it with a statement less: its balance row is written with
-- what it holds, not empty and moved by the next statement. What each function takes, gives and
-- refuses is as before.

-- Open an account, move an amount between another account and it, and write the entries: null. Or
-- return how many rows its balance has, and nothing is moved: where somebody else has opened it
-- meanwhile, or one of the two has not one row for its balance. Granted to nobody.
--
-- It expires as what it is posted from. An account's id is waited for before any balance is held;
-- that of one which nobody else can see is held by whoever opened it.
CREATE FUNCTION public.ledger_move_to_new_v1(
    p_month date, p_id uuid, p_at timestamptz, p_address text, p_asset text, p_expires date,
    p_from uuid, p_from_rows smallint, p_new uuid, p_amount bigint
) RETURNS smallint
LANGUAGE plpgsql AS $$
DECLARE
    v_word text := '^' || split_part(p_address, '/', 1) || '/';
    v_kind public.ledger_address_kind;
    v_moved integer;
BEGIN
    -- A pattern is tried only where its first part is the address's.
    SELECT k.* INTO v_kind FROM public.ledger_address_kind k
    WHERE CASE WHEN starts_with(k.pattern, v_word) THEN p_address ~ k.pattern END;
    IF v_kind.tracked IS NOT TRUE OR p_from_rows <> 1 THEN
        RETURN public.ledger_open_one_v1(p_new, p_address, p_asset, p_at);
    END IF;
    INSERT INTO public.ledger_account
        (id, address, asset, kind, tracked, organisation, stripes, expires_month, opened_at)
    VALUES (p_new, p_address, p_asset, v_kind.name, true, v_kind.organisation, 0, p_expires, p_at)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN 1;
    END IF;
    WITH moved AS (
        UPDATE public.ledger_balance_row b
        SET balance = b.balance + p_amount, version = b.version + 1
        WHERE b.account_id = p_from AND b.stripes = 0
          AND (b.balance + p_amount >= b.floor) IS NOT FALSE
          AND (b.balance + p_amount <= b.ceiling) IS NOT FALSE
        RETURNING b.version, b.balance),
    opened AS (
        INSERT INTO public.ledger_balance_row (account_id, balance, version, floor, ceiling)
        SELECT p_new, -p_amount, 1, v_kind.floor, v_kind.ceiling FROM moved
        WHERE (-p_amount >= v_kind.floor) IS NOT FALSE
          AND (-p_amount <= v_kind.ceiling) IS NOT FALSE
        RETURNING version, balance)
    INSERT INTO public.ledger_entry
        (month, account_id, transaction_id, amount, version, balance_after)
    SELECT p_month, p_from, p_id, p_amount, m.version, m.balance FROM moved m
    UNION ALL
    SELECT p_month, p_new, p_id, -p_amount, o.version, o.balance FROM opened o;
    GET DIAGNOSTICS v_moved = ROW_COUNT;
    IF v_moved < 2 THEN
        -- Refused as two open accounts are: that is named which would have been held first.
        INSERT INTO public.ledger_balance_row (account_id, floor, ceiling)
        VALUES (p_new, v_kind.floor, v_kind.ceiling);
        IF v_moved = 0 AND (p_from < p_new OR ((-p_amount >= v_kind.floor) IS NOT FALSE
                                               AND (-p_amount <= v_kind.ceiling) IS NOT FALSE)) THEN
            PERFORM public.ledger_refuse_bounds_v1(p_from, p_amount);
        END IF;
        PERFORM public.ledger_refuse_bounds_v1(p_new, -p_amount);
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION public.ledger_move_to_new_v1(
    date, uuid, timestamptz, text, text, date, uuid, smallint, uuid, bigint) FROM PUBLIC;

-- Post one transaction, or find that it was posted before with the same content.
-- True: posted now. False: posted before.
--
-- Most postings have two legs of one asset, from an account that is open to one that is, or that
-- is opened for them: where coins wait. They take three statements, or five, whose plans know
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
    v_expires date;
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
                    ELSE greatest(y.tracked::integer, y.stripes) END,
               x.expires_month
        INTO v_epoch, v_low, v_high, v_amount, v_low_rows, v_high_rows, v_expires
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
                    v_high_rows := public.ledger_move_to_new_v1(
                        p_month, p_id, p_at, p_addresses[2], p_assets[1], v_expires,
                        v_low, v_low_rows, v_new, v_amount);
                ELSIF v_new = v_low THEN
                    v_low_rows := public.ledger_move_to_new_v1(
                        p_month, p_id, p_at, p_addresses[2], p_assets[1], v_expires,
                        v_high, v_high_rows, v_new, -v_amount);
                END IF;
                IF v_low_rows IS NULL OR v_high_rows IS NULL THEN
                    RETURN true;
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

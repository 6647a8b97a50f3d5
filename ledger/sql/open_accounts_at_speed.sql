-- Opening accounts at a fifth of the cost; what each function takes and gives is as before. Nearly
-- every operation opens one: where its coins wait.

-- A pattern's first part is plain, so it is compared before the pattern is tried.
ALTER TABLE public.ledger_address_kind
    ADD CONSTRAINT ledger_address_kind_begins_plain CHECK (pattern ~ '^\^[a-z]+/');

-- An account's kind is read from the chart by the one function that adds accounts. A foreign key
-- would hold the kind's row besides, and the many who open accounts of one kind at once would each
-- write down anew who holds it. What the key kept else, the chart keeps itself.
ALTER TABLE public.ledger_account DROP CONSTRAINT ledger_account_kind_fkey;
CREATE FUNCTION public.ledger_keep_kinds_in_use_v1() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM public.ledger_account a WHERE a.kind = OLD.name) THEN
        RAISE EXCEPTION 'There are accounts of the kind %.', OLD.name USING ERRCODE = 'FC099';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER in_use BEFORE DELETE OR UPDATE OF name ON public.ledger_address_kind
    FOR EACH ROW EXECUTE FUNCTION public.ledger_keep_kinds_in_use_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.ledger_address_kind
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();

-- An account's id again, for its constraint: what is written in SQL would be put in place, and for
-- that be parsed and planned anew, by each statement that adds an account.
CREATE FUNCTION public.ledger_account_id_kept_v1(p_address text, p_asset text) RETURNS uuid
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN public.ledger_account_id_v2(p_address, p_asset);
END
$$;
ALTER TABLE public.ledger_account
    DROP CONSTRAINT ledger_account_id_is_derived,
    ADD CONSTRAINT ledger_account_id_is_derived
        CHECK (id = public.ledger_account_id_kept_v1(address, asset));

-- Open one account at an address of a known kind. Granted to nobody.
CREATE FUNCTION public.ledger_open_one_v1(
    p_id uuid, p_address text, p_asset text, p_at timestamptz
) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
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
END
$$;

-- Open accounts at addresses of a known kind: a few one by one, in the order in which accounts are
-- waited for. Granted to nobody.
CREATE OR REPLACE FUNCTION public.ledger_open_accounts_v2(
    p_ids uuid[], p_addresses text[], p_assets text[], p_at timestamptz
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_unknown text;
    v_new record;
BEGIN
    IF cardinality(p_ids) <= 8 THEN
        FOR v_new IN
            SELECT u.id, u.address, u.asset
            FROM unnest(p_ids, p_addresses, p_assets) AS u (id, address, asset)
            WHERE NOT EXISTS (SELECT FROM public.ledger_account a WHERE a.id = u.id)
            ORDER BY u.id
        LOOP
            PERFORM public.ledger_open_one_v1(v_new.id, v_new.address, v_new.asset, p_at);
        END LOOP;
        RETURN;
    END IF;
    SELECT u.address INTO v_unknown
    FROM unnest(p_addresses) AS u (address)
    WHERE NOT EXISTS (SELECT FROM public.ledger_address_kind k
                      WHERE starts_with(k.pattern, '^' || split_part(u.address, '/', 1) || '/')
                        AND u.address ~ k.pattern)
    ORDER BY 1 LIMIT 1;
    IF v_unknown IS NOT NULL THEN
        RAISE EXCEPTION 'No kind of account has the address %.', v_unknown
            USING ERRCODE = 'FC004', DETAIL = jsonb_build_object('address', v_unknown)::text;
    END IF;
    WITH named AS MATERIALIZED (
        SELECT DISTINCT ON (u.id) u.id, u.address, u.asset, k.name, k.tracked, k.organisation,
               k.floor, k.ceiling, k.stripes
        FROM unnest(p_ids, p_addresses, p_assets) AS u (id, address, asset)
        JOIN public.ledger_address_kind k
            ON starts_with(k.pattern, '^' || split_part(u.address, '/', 1) || '/')
               AND u.address ~ k.pattern
        ORDER BY u.id),
    opened AS (
        INSERT INTO public.ledger_account
            (id, address, asset, kind, tracked, organisation, stripes, expires_month, opened_at)
        SELECT n.id, n.address, n.asset, n.name, n.tracked, n.organisation, n.stripes,
               to_date(substring(n.asset FROM '-(20[0-9]{2}-(?:0[1-9]|1[0-2]))$'), 'YYYY-MM'), p_at
        FROM named n ORDER BY n.id
        ON CONFLICT DO NOTHING
        RETURNING id),
    -- Only who opened the account opens its balance: another's is already there.
    balances AS (
        INSERT INTO public.ledger_balance_row (account_id, floor, ceiling, stripes)
        SELECT n.id, n.floor, n.ceiling, n.stripes
        FROM named n JOIN opened o ON o.id = n.id
        WHERE n.tracked OR n.stripes > 0)
    INSERT INTO public.ledger_stripe (account_id, stripe)
    SELECT n.id, s.stripe
    FROM named n JOIN opened o ON o.id = n.id
    CROSS JOIN LATERAL generate_series(0, n.stripes - 1) AS s (stripe);
END
$$;

CREATE OR REPLACE FUNCTION public.ledger_open_account_v1(
    p_address text, p_asset text, p_at timestamptz
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_id uuid := public.ledger_account_id_v2(p_address, p_asset);
BEGIN
    IF NOT EXISTS (SELECT FROM public.ledger_account a WHERE a.id = v_id) THEN
        PERFORM public.ledger_open_one_v1(v_id, p_address, p_asset, p_at);
    END IF;
END
$$;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;

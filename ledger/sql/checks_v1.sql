-- Refuse legs that are no posting: fewer than two, a null or a zero, an account twice,
-- or a sum per asset that is not zero.
CREATE FUNCTION public.ledger_check_legs_v1(p_ids uuid[], p_assets text[], p_amounts bigint[])
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_asset text;
    v_sum numeric;
BEGIN
    IF coalesce(cardinality(p_ids), 0) < 2 OR array_position(p_ids, NULL) IS NOT NULL
       OR array_position(p_amounts, NULL) IS NOT NULL OR 0 = ANY (p_amounts) THEN
        RAISE EXCEPTION 'A posting has at least two legs, each with an address, an asset and an amount.'
            USING ERRCODE = 'FC001';
    END IF;
    IF EXISTS (SELECT FROM unnest(p_ids) AS u (id) GROUP BY id HAVING count(*) > 1) THEN
        RAISE EXCEPTION 'A posting names each account once.' USING ERRCODE = 'FC001';
    END IF;
    SELECT u.asset, sum(u.amount) INTO v_asset, v_sum
    FROM unnest(p_assets, p_amounts) AS u (asset, amount)
    GROUP BY u.asset HAVING sum(u.amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'The legs in % sum to %, not to zero.', v_asset, v_sum
            USING ERRCODE = 'FC001', DETAIL = jsonb_build_object('asset', v_asset)::text;
    END IF;
END
$$;

CREATE FUNCTION public.ledger_refuse_expired_v1(p_asset text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is past its month.', p_asset
        USING ERRCODE = 'FC008', DETAIL = jsonb_build_object('asset', p_asset)::text;
END
$$;

-- Name the account that would leave its bounds, and which of the two.
CREATE FUNCTION public.ledger_refuse_bounds_v1(p_account uuid, p_amount bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_row record;
BEGIN
    SELECT a.address, a.asset, b.balance, b.floor INTO v_row
    FROM public.ledger_account a JOIN public.ledger_balance b ON b.account_id = a.id
    WHERE a.id = p_account;
    RAISE EXCEPTION '% holds % %; % more would leave its bounds.',
        v_row.address, v_row.balance, v_row.asset, p_amount
        USING ERRCODE = CASE WHEN p_amount < 0 THEN 'FC003' ELSE 'FC009' END,
              DETAIL = jsonb_build_object('address', v_row.address, 'asset', v_row.asset,
                                          'balance', v_row.balance, 'amount', p_amount)::text;
END
$$;

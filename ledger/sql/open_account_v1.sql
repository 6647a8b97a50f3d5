-- Open an account ahead of its first posting: for who is about to wait for others and wants them
-- not to wait for this. One that is open stays as it is.
CREATE FUNCTION public.ledger_open_account_v1(p_address text, p_asset text, p_at timestamptz)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_id uuid := public.ledger_account_id_v2(p_address, p_asset);
BEGIN
    IF NOT EXISTS (SELECT FROM public.ledger_account a WHERE a.id = v_id) THEN
        PERFORM public.ledger_open_accounts_v2(
            ARRAY[v_id], ARRAY[p_address], ARRAY[p_asset], p_at);
    END IF;
END
$$;
GRANT EXECUTE ON FUNCTION public.ledger_open_account_v1(text, text, timestamptz) TO flowcoin_app;

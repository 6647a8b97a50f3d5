-- A policy's value in force, for functions of the database: as in_force_v1 reads it. The value of
-- the narrowest scope: each scope is a prefix of the next, so it sorts last.
CREATE FUNCTION public.wallet_policy_v1(p_key text, p_scopes text[], p_now timestamptz)
RETURNS TABLE (value jsonb)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT r.value FROM public.wallet_policyrow r
    WHERE r.key = p_key AND r.scope = ANY (p_scopes) AND r.starts_at <= p_now
    ORDER BY r.scope DESC, r.starts_at DESC
    LIMIT 1
$$;
REVOKE EXECUTE ON FUNCTION public.wallet_policy_v1(text, text[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.wallet_policy_v1(text, text[], timestamptz) TO flowcoin_app;

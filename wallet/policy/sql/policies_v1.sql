-- The values in force of several policies, in one look: as in_force_v1 reads one of them. Of each
-- the narrowest scope's: each scope is a prefix of the next, so it sorts last. A key that nobody
-- has set is not among them.
CREATE FUNCTION public.wallet_policies_v1(p_keys text[], p_scopes text[], p_now timestamptz)
RETURNS TABLE (key text, value jsonb)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT DISTINCT ON (r.key) r.key, r.value FROM public.wallet_policyrow r
    WHERE r.key = ANY (p_keys) AND r.scope = ANY (p_scopes) AND r.starts_at <= p_now
    ORDER BY r.key, r.scope DESC, r.starts_at DESC
$$;
REVOKE EXECUTE ON FUNCTION public.wallet_policies_v1(text[], text[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.wallet_policies_v1(text[], text[], timestamptz) TO flowcoin_app;

-- A policy's value in force, as before, read by the same rule.
CREATE OR REPLACE FUNCTION public.wallet_policy_v1(
    p_key text, p_scopes text[], p_now timestamptz
) RETURNS TABLE (value jsonb)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT p.value FROM public.wallet_policies_v1(ARRAY[p_key], p_scopes, p_now) AS p
$$;

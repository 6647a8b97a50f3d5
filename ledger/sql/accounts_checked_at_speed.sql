-- An account's id, as before, from one hash in place of three: what makes it a UUID of version 8 are
-- six bits, set one by one. Each transaction that opens an account prepares this expression twice.
CREATE OR REPLACE FUNCTION public.ledger_account_id_v1(p_address text, p_asset text) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT encode(set_bit(set_bit(set_bit(set_bit(set_bit(set_bit(
        substring(sha256(replace(p_address || E'\x1f' || p_asset, '\', '\\')::bytea) FROM 1 FOR 16),
        55, 1), 54, 0), 53, 0), 52, 0), 71, 1), 70, 0), 'hex')::uuid
$$;
CREATE OR REPLACE FUNCTION public.ledger_account_id_v2(p_address text, p_asset text) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT encode(set_bit(set_bit(set_bit(set_bit(set_bit(set_bit(
        substring(sha256(replace(p_address || E'\x1f' || p_asset, '\', '\\')::bytea) FROM 1 FOR 16),
        55, 1), 54, 0), 53, 0), 52, 0), 71, 1), 70, 0), 'hex')::uuid
$$;

-- The asset's name as before, by a function whose plan is kept: a statement that opens an account
-- reads the text of each CHECK anew, and a pattern's, letter by letter, longer than it takes to
-- match it.
CREATE FUNCTION public.ledger_asset_is_named_v1(p_asset text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN p_asset ~
        '^(COIN|CNY|(SURPLUS|DATA|VOUCHER|DIRECT-[a-z0-9]+)-[A-Z]{2,4}-20[0-9]{2}-(0[1-9]|1[0-2]))$';
END
$$;
ALTER TABLE public.ledger_account
    DROP CONSTRAINT ledger_account_asset,
    ADD CONSTRAINT ledger_account_asset CHECK (public.ledger_asset_is_named_v1(asset));
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;

-- An account's id, as before, in an expression that the planner puts where it is called, at a third
-- of the cost. It may, because everything in it is immutable, which convert_to is not. A backslash
-- is doubled, since bytea reads it as an escape.
CREATE OR REPLACE FUNCTION public.ledger_account_id_v1(p_address text, p_asset text) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT encode(set_byte(set_byte(
        substring(sha256(replace(p_address || E'\x1f' || p_asset, '\', '\\')::bytea) FROM 1 FOR 16),
        6, get_byte(sha256(replace(p_address || E'\x1f' || p_asset, '\', '\\')::bytea), 6) & 15 | 128),
        8, get_byte(sha256(replace(p_address || E'\x1f' || p_asset, '\', '\\')::bytea), 8) & 63 | 128),
        'hex')::uuid
$$;
CREATE OR REPLACE FUNCTION public.ledger_account_id_v2(p_address text, p_asset text) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT encode(set_byte(set_byte(
        substring(sha256(replace(p_address || E'\x1f' || p_asset, '\', '\\')::bytea) FROM 1 FOR 16),
        6, get_byte(sha256(replace(p_address || E'\x1f' || p_asset, '\', '\\')::bytea), 6) & 15 | 128),
        8, get_byte(sha256(replace(p_address || E'\x1f' || p_asset, '\', '\\')::bytea), 8) & 63 | 128),
        'hex')::uuid
$$;

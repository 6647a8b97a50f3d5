-- CNY lies only with organisations, and every account is of the kind its address says, under the
-- id its address and asset hash to (as ledger_account_id_v1 does, which would not be inlined).
-- Fenced, or each account would be judged once for the count and once for the words.
WITH hashed AS (
    SELECT a.*, sha256(convert_to(a.address || E'\x1f' || a.asset, 'UTF8')) AS d
    FROM public.ledger_account a OFFSET 0),
judged AS (
    SELECT a.address, a.asset,
           (a.asset = 'CNY' AND NOT k.organisation) OR a.address !~ k.pattern
           OR a.tracked <> k.tracked OR a.stripes <> k.stripes
           OR uuid_send(a.id) <> set_byte(set_byte(substring(a.d FROM 1 FOR 16),
                                                   6, get_byte(a.d, 6) & 15 | 128),
                                          8, get_byte(a.d, 8) & 63 | 128) AS broken
    FROM hashed a JOIN public.ledger_address_kind k ON k.name = a.kind OFFSET 0)
SELECT count(*), count(*) FILTER (WHERE broken),
       min(address || ' ' || asset || ' should not be') FILTER (WHERE broken)
FROM judged

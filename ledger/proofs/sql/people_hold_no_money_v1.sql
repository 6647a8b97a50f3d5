-- CNY lies only with organisations, and every account is of the kind its address says.
SELECT count(*),
       count(*) FILTER (WHERE broken),
       min(address || ' ' || asset || ' should not be') FILTER (WHERE broken)
FROM (SELECT a.address, a.asset,
             (a.asset = 'CNY' AND NOT k.organisation) OR a.address !~ k.pattern
             OR a.tracked <> k.tracked
             OR a.id <> public.ledger_account_id_v1(a.address, a.asset) AS broken
      FROM public.ledger_account a
      JOIN public.ledger_address_kind k ON k.name = a.kind) AS judged

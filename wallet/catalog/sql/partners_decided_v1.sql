-- Each purchase ended as its partner decided, is open until then, and is what was asked for.
WITH compared AS (
    SELECT u.id, u.state, i.state AS decided,
           i.kind <> CASE WHEN u.gives_coins THEN 'deduct' ELSE 'submit' END
           OR i.msisdn <> u.msisdn OR i.mb <> u.count OR i.product <> g.sku
           OR i.carrier_id <> g.partner_id OR u.gives_coins <> g.gives_coins
           OR (i.settled_at IS NULL) <> (u.state = 'on_its_way')
           OR (u.state <> 'on_its_way'
               AND i.state <> CASE u.state WHEN 'delivered' THEN 'delivered' ELSE 'failed' END)
               AS is_broken
    FROM public.wallet_purchase u
    JOIN public.wallet_product g ON g.id = u.product_id
    JOIN public.wallet_instruction i ON i.id = u.instruction_id)
SELECT count(*), count(*) FILTER (WHERE is_broken),
       min(format('purchase/%s: %s, and its partner says %s', id, state, decided))
           FILTER (WHERE is_broken)
FROM compared

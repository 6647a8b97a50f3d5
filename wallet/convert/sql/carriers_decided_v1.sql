-- Each conversion and delivery ended as its carrier decided, is open until then, and is what its
-- carrier was asked for.
WITH rows AS (
    SELECT 'conversion/' || id AS address, state, ended_at, instruction_id, msisdn,
           coins AS mb, carrier_id AS carrier
    FROM public.wallet_conversion
    UNION ALL
    SELECT 'delivery/' || id, state, ended_at, instruction_id, msisdn,
           mb, substring(asset FROM '-([A-Z]{2,4})-[0-9]{4}-[0-9]{2}$')
    FROM public.wallet_datadelivery),
compared AS (
    SELECT r.address, r.state, i.state AS decided,
           i.kind <> 'submit' OR i.msisdn <> r.msisdn OR i.mb <> r.mb OR i.carrier_id <> r.carrier
           OR (r.ended_at IS NULL) <> (r.state = 'on_its_way')
           OR (i.settled_at IS NULL) <> (r.state = 'on_its_way')
           OR (r.state <> 'on_its_way'
               AND i.state <> CASE r.state WHEN 'delivered' THEN 'delivered' ELSE 'failed' END)
               AS is_broken
    FROM rows r JOIN public.wallet_instruction i ON i.id = r.instruction_id)
SELECT count(*), count(*) FILTER (WHERE is_broken),
       min(format('%s: %s, and its carrier says %s', address, state, decided))
           FILTER (WHERE is_broken)
FROM compared

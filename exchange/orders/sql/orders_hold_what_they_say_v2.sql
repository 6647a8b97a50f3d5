-- An order's account holds what is open: a sell its lots in MB, a buy their price and the cover
-- that its fee, rounded up once over all of its trades, may still need; and what lies beside it
-- until its turn in the log. An ended order holds nothing else.
WITH said AS (
    SELECT 'order/' || o.id AS address,
           CASE o.side WHEN 'B' THEN 'COIN'
                ELSE 'SURPLUS-' || b.carrier_id || '-' || to_char(b.month, 'YYYY-MM') END AS asset,
           o.aside_amount
           + CASE WHEN o.open_lots = 0 THEN 0
                  WHEN o.side = 'S' THEN o.open_lots::bigint * b.lot_mb
                  ELSE o.open_lots::bigint * o.price_coins
                       + ceil((o.fee_coin_bp + o.open_lots::bigint * o.price_coins
                               * greatest(o.maker_bp, o.taker_bp)) / 10000.0)::bigint
                       - ceil(o.fee_coin_bp / 10000.0)::bigint END AS amount
    FROM public.exchange_order o JOIN public.exchange_book b ON b.id = o.book_id),
held AS (
    SELECT a.address, a.asset, b.balance AS amount
    FROM public.ledger_account a JOIN public.ledger_balance b ON b.account_id = a.id
    WHERE a.kind = 'order'),
compared AS (
    SELECT coalesce(said.address, held.address) AS address,
           coalesce(said.amount, 0) AS said, coalesce(held.amount, 0) AS held
    FROM said FULL JOIN held ON held.address = said.address AND held.asset = said.asset)
SELECT count(*), count(*) FILTER (WHERE said <> held),
       min(address || ' holds ' || held || ', should hold ' || said) FILTER (WHERE said <> held)
FROM compared

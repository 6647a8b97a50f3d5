-- No issuer is given back more coins by a month's invoices than it owed then: when the month ends, its
-- account is not above zero. Later months' entries do not count.
WITH shared AS MATERIALIZED (
    SELECT s.issuer_id, i.month, sum(s.coins) AS coins
    FROM public.wallet_invoiceshare s JOIN public.wallet_invoice i ON i.id = s.invoice_id
    GROUP BY s.issuer_id, i.month
), left_over AS (
    SELECT x.issuer_id, x.month, x.coins,
           public.ledger_balance_before_v2(
               public.ledger_account_id_v1('issuer/' || x.issuer_id, 'COIN'),
               (x.month + interval '1 month')::date) AS balance
    FROM shared x
)
SELECT count(*), count(*) FILTER (WHERE balance > 0),
       min(format('issuer %s, %s: %s coins given back, %s more than it owed', issuer_id,
                  to_char(month, 'YYYY-MM'), coins, balance)) FILTER (WHERE balance > 0)
FROM left_over

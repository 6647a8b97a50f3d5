-- Every sealed transaction is there and hashes to its leaf. Its transactions are those with ids
-- from first to last: a slice of the books that is sorted and joined by itself.
WITH accounts AS (
    SELECT id, public.ledger_seal_account_v2(address, asset) AS fields
    FROM public.ledger_account OFFSET 0),
months AS MATERIALIZED (
    SELECT month, public.ledger_seal_month_v2(month) AS fields FROM public.ledger_month),
sealed AS (
    SELECT l.position, l.salts, e.id, e.amount, e.version, e.balance_after,
           a.fields AS account, m.fields AS month
    FROM public.ledger_entry e
    JOIN public.ledger_seal_leaf l ON l.transaction_id = e.transaction_id
    LEFT JOIN accounts a ON a.id = e.account_id
    LEFT JOIN months m ON m.month = e.month
    WHERE e.transaction_id BETWEEN %(first)s::uuid AND %(last)s::uuid
      AND l.transaction_id BETWEEN %(first)s::uuid AND %(last)s::uuid
    OFFSET 0),
placed AS (
    SELECT s.*, row_number() OVER (PARTITION BY position ORDER BY id) AS place FROM sealed s),
hashed AS (
    SELECT position, count(*) = min(cardinality(salts)) AS is_whole,
           string_agg(sha256(public.ledger_seal_entry_v2(
                          salts[place], month, id, account, amount, version, balance_after)),
                      ''::bytea ORDER BY id) AS entries
    FROM placed GROUP BY position),
transactions AS (
    SELECT t.*, t.metadata::text AS written, public.ledger_seal_instant_v1(t.at) AS instant
    FROM public.ledger_transaction t
    WHERE t.id BETWEEN %(first)s::uuid AND %(last)s::uuid OFFSET 0),
leaves AS (
    SELECT l.position, l.transaction_id, t.id IS NULL AS is_gone,
           h.is_whole AND n.hash = public.ledger_seal_leaf_v2(
               t.id, t.kind, m.fields, t.instant, t.actor, t.written, t.reverses, t.legs_hash,
               t.epoch, t.xid, h.entries) AS is_same
    FROM public.ledger_seal_leaf l
    LEFT JOIN hashed h ON h.position = l.position
    LEFT JOIN public.ledger_seal_node n ON n.level = 0 AND n.place = l.position
    LEFT JOIN transactions t ON t.id = l.transaction_id
    LEFT JOIN months m ON m.month = t.month
    WHERE l.transaction_id BETWEEN %(first)s::uuid AND %(last)s::uuid)
SELECT count(*), count(*) FILTER (WHERE is_same IS NOT TRUE),
       min(format('transaction %%s%%s', transaction_id,
                  CASE WHEN is_gone THEN ', sealed at ' || position || ', is gone'
                       ELSE ' is not what was sealed at ' || position END))
           FILTER (WHERE is_same IS NOT TRUE)
FROM leaves

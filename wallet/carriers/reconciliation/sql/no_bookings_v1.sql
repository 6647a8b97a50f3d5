SELECT NULL::uuid AS instruction_id, NULL::uuid AS transaction_id, NULL::bigint AS mb WHERE false

-- The value in force of the narrowest scope: each scope is a prefix of the next, so it sorts last.
SELECT value FROM wallet_policyrow
WHERE key = %(key)s AND scope = ANY(%(scopes)s) AND starts_at <= %(now)s
ORDER BY scope DESC, starts_at DESC
LIMIT 1

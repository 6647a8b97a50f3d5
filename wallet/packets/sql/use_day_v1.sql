-- Keep a day's seed from being revealed until this transaction ends; any number may do so at once.
SELECT seed_hash, revealed_at FROM wallet_packetday WHERE day = %(day)s FOR KEY SHARE

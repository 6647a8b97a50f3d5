-- Wait for one's turn to open a share of this packet, as wallet_open_packet_v2 does.
SELECT pg_catalog.pg_advisory_xact_lock(
    pg_catalog.hashtextextended('openings of packet ' || %(packet)s::uuid::text, 0))

SELECT public.exchange_book_batch_v2(
    %s, %s, %s, %s, %s, %s, %s, %s,
    %s::bigint[], %s::text[],
    %s::uuid[], %s::text[], %s::text[], %s::integer[], %s::integer[], %s::integer[],
    %s::integer[], %s::bigint[], %s::timestamptz[], %s::bigint[],
    %s::uuid[], %s::bigint[],
    %s::uuid[], %s::bigint[], %s::bigint[], %s::uuid[], %s::uuid[], %s::text[], %s::integer[],
    %s::integer[], %s::integer[], %s::integer[], %s::bigint[], %s::timestamptz[], %s::uuid[],
    %s, %s, %s, %s::uuid[], %s::text[], %s::jsonb[], %s::uuid[], %s::integer[], %s::text[],
    %s::text[], %s::bigint[])

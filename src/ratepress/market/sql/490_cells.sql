-- step: cells
-- grain: one comparison key in the nation, or in one asked area
-- key: cell_id
-- Rule M09. The `key_id` of ballots, votes and statistics is that of a cell; the nation's is the
-- comparison key's own, so that a join with `comparison_keys` alone gives the nation.
SELECT key_id AS cell_id, key_id, 'nation' AS area_kind, '' AS area
FROM comparison_keys
UNION ALL
SELECT DISTINCT
  md5(concat_ws('|', d.key_id, a.area_kind, a.area)) AS cell_id,
  d.key_id,
  a.area_kind,
  a.area
FROM voter_areas a
JOIN distinct_prices d ON d.price_id = a.price_id

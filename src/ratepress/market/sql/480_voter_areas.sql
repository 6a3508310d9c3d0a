-- step: voter_areas
-- grain: one asked area in which one voter of one distinct price is
-- key: price_id, voter_id, area_kind, area
-- Rule M09: a voter in several areas is in each. Only the kinds of area that were asked for.
SELECT DISTINCT
  a.price_id, a.voter_id, a.area_kind, a.area
FROM (
  SELECT
    p.price_id, p.voter_id, k.area_kind,
    CASE k.area_kind
      WHEN 'state' THEN p.state
      WHEN 'zip3' THEN substr(p.zip_code, 1, 3)
      WHEN 'cbsa' THEN z.cbsa
    END AS area
  FROM voter_places p
  CROSS JOIN asked_areas k
  LEFT JOIN zip_places z ON z.zip_code = p.zip_code
) a
WHERE coalesce(a.area, '') <> ''

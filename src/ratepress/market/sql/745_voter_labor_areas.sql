-- step: voter_labor_areas
-- grain: one voter of one distinct price whose labor market area is known
-- key: price_id, voter_id
-- Rule M07 for facilities, whose amounts depend on the area's wages: known where all ZIP codes of the
-- voter lie in one CBSA. Outside all of them a state's rest has an index, which no ZIP code names.
SELECT
  l.price_id, l.voter_id,
  min(l.cbsa) AS cbsa
FROM (
  SELECT DISTINCT
    p.price_id, p.voter_id, z.cbsa
  FROM voter_places p
  LEFT JOIN zip_places z ON z.zip_code = p.zip_code
) l
GROUP BY l.price_id, l.voter_id
HAVING count(*) = 1 AND min(l.cbsa) IS NOT NULL

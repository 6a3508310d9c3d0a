-- step: voter_localities
-- grain: one voter of one distinct price whose Medicare locality is known
-- key: price_id, voter_id
-- Rule M07 asks for the amount at the voter's locality: known where all its ZIP codes lie in one.
SELECT
  l.price_id, l.voter_id,
  min(l.mac) AS mac,
  min(l.locality) AS locality
FROM (
  SELECT DISTINCT
    p.price_id, p.voter_id, z.mac, z.locality
  FROM voter_places p
  LEFT JOIN zip_places z ON z.zip_code = p.zip_code
) l
GROUP BY l.price_id, l.voter_id
HAVING count(*) = 1 AND min(l.mac) IS NOT NULL

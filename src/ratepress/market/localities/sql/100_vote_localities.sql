-- step: vote_localities
-- grain: one vote on a price that Medicare pays by place, where the voter's place is known
-- key: strength, key_id, payer_id, voter_id
-- Rule M07: known where each of the voter's prices in the cell is known to be in one and the same. A
-- practitioner's place is a locality of the fee schedule, a facility's the CBSA of its wages.
SELECT
  b.strength, b.key_id, b.payer_id, b.voter_id,
  min(l.place) AS place
FROM ballots b
JOIN cells c ON c.cell_id = b.key_id
JOIN comparison_keys k
  ON k.key_id = c.key_id AND k.medicare_system IN ('PFS', 'OPPS', 'ASC', 'IPPS')
LEFT JOIN (
  SELECT price_id, voter_id, 'locality' AS place_kind, concat_ws('-', mac, locality) AS place
  FROM voter_localities
  UNION ALL
  SELECT price_id, voter_id, 'labor area', cbsa
  FROM voter_labor_areas
) l
  ON l.price_id = b.price_id AND l.voter_id = b.voter_id
  AND l.place_kind = CASE WHEN k.medicare_system = 'PFS' THEN 'locality' ELSE 'labor area' END
GROUP BY b.strength, b.key_id, b.payer_id, b.voter_id
HAVING count(l.place) = count(*) AND count(DISTINCT l.place) = 1

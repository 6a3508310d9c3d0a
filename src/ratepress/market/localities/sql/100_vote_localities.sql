-- step: vote_localities
-- grain: one vote on a price that Medicare pays by place, where the voter's place is known
-- key: cell_payer_id, voter_id
-- Rule M07: known where each of the voter's prices in the cell is known to be in one and the same. A
-- practitioner's place is a locality of the fee schedule, a facility's the CBSA of its wages.
SELECT
  b.cell_payer_id, b.voter_id,
  min(l.place) AS place
FROM numbered_ballots b
JOIN cell_payers p ON p.cell_payer_id = b.cell_payer_id
JOIN cells c ON c.cell_id = p.key_id
JOIN comparison_keys k
  ON k.key_no = c.key_no AND k.medicare_system IN ('PFS', 'OPPS', 'ASC', 'IPPS')
LEFT JOIN (
  SELECT price_id, voter_id, 'locality' AS place_kind, concat_ws('-', mac, locality) AS place
  FROM voter_localities
  UNION ALL
  SELECT price_id, voter_id, 'labor area', cbsa
  FROM voter_labor_areas
) l
  ON l.price_id = b.price_id AND l.voter_id = b.voter_id
  AND l.place_kind = CASE WHEN k.medicare_system = 'PFS' THEN 'locality' ELSE 'labor area' END
GROUP BY b.cell_payer_id, b.voter_id
HAVING count(l.place) = count(*) AND count(DISTINCT l.place) = 1

-- step: vote_localities
-- grain: one vote on a price of the physician fee schedule whose Medicare locality is known
-- key: strength, key_id, payer_id, voter_id
-- Rule M07: known where each of the voter's prices in the cell is known to be in one and the same.
SELECT
  b.strength, b.key_id, b.payer_id, b.voter_id,
  min(l.mac) AS mac,
  min(l.locality) AS locality
FROM ballots b
JOIN cells c ON c.cell_id = b.key_id
JOIN comparison_keys k ON k.key_id = c.key_id AND k.medicare_system = 'PFS'
LEFT JOIN voter_localities l
  ON l.price_id = b.price_id AND l.voter_id = b.voter_id
GROUP BY b.strength, b.key_id, b.payer_id, b.voter_id
HAVING count(l.mac) = count(*) AND count(DISTINCT concat_ws('-', l.mac, l.locality)) = 1

-- step: vote_npis
-- grain: one NPI of one voter in one cell at one strength
-- key: strength, key_id, payer_id, voter_id, npi
-- Those that the counting prices of the voter name for it, with a right check digit (Q10); in an
-- area those that practise there. A hospital's are the ones that its file states. Counted beside
-- every figure (`npi_counts`); named one by one where votes are weighted or traced.
SELECT DISTINCT
  b.strength, b.key_id, b.payer_id, b.voter_id, v.network, v.entity_kind, v.entity, p.npi
FROM (
  SELECT DISTINCT n.strength, n.key_id, n.payer_id, n.voter_id, n.set_voter_id
  FROM ballots n
) b
JOIN voters v ON v.voter_id = b.voter_id AND NOT v.is_hospital
JOIN cells c ON c.cell_id = b.key_id
JOIN set_npis p ON p.set_voter_id = b.set_voter_id
LEFT JOIN npi_areas r
  ON r.npi = p.npi AND r.area_kind = c.area_kind AND r.area = c.area
WHERE c.area_kind = 'nation' OR r.npi IS NOT NULL

UNION ALL

SELECT DISTINCT
  b.strength, b.key_id, b.payer_id, b.voter_id, v.network, v.entity_kind, v.entity, h.npi
FROM ballots b
JOIN voters v ON v.voter_id = b.voter_id AND v.is_hospital
JOIN distinct_prices d ON d.price_id = b.price_id
JOIN hospital_npis h ON h.content_id = d.content_id
JOIN asked_npis a ON a.npi = h.npi AND a.is_valid

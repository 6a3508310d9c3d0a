-- step: voter_places
-- grain: one ZIP code or state in which one voter of one distinct price is
-- key: price_id, voter_id, state, zip_code
-- Rule M09: where its NPIs practise, by the registry; a hospital is where its file says. What is not
-- known is ''.
SELECT DISTINCT
  v.price_id, v.voter_id,
  coalesce(g.state, '') AS state,
  coalesce(g.zip_code, '') AS zip_code
FROM price_voters v
JOIN (
  SELECT DISTINCT s.set_voter_id, r.state, r.zip_code
  FROM voter_groups s
  JOIN entity_npis p ON p.group_no = s.group_no AND p.entity_no = s.entity_no
  JOIN npi_records r ON r.npi = p.npi
  WHERE r.state IS NOT NULL OR r.zip_code IS NOT NULL
) g ON g.set_voter_id = v.set_voter_id
WHERE NOT v.is_hospital

UNION ALL

SELECT v.price_id, v.voter_id, h.state, h.zip_code
FROM price_voters v
JOIN prices d ON d.price_id = v.price_id
JOIN file_standing f ON f.file_no = d.file_no
JOIN hospital_places h ON h.content_id = f.content_id
WHERE v.is_hospital

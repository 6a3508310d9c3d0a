-- step: set_npis
-- grain: one NPI with a right check digit of one contracting entity of one provider set
-- key: set_voter_id, npi
-- Rule Q10.
SELECT DISTINCT v.set_voter_id, a.npi, a.npi_number
FROM set_voters v
JOIN set_groups g
  ON g.content_id = v.content_id AND g.provider_set_id = v.provider_set_id
  AND g.network = v.network
JOIN group_providers p
  ON p.content_id = g.content_id AND p.group_id = g.group_id
  AND p.entity_kind = v.entity_kind AND p.entity = v.entity
JOIN asked_npis a ON a.npi = p.npi AND a.is_valid

-- step: voter_places
-- grain: one ZIP code or state in which one voter of one distinct price is
-- key: price_id, network, entity_kind, entity, state, zip_code
-- Rule M09: where its NPIs practise, by the registry; a hospital is where its file says. What is not
-- known is ''.
SELECT DISTINCT
  v.price_id, v.network, v.entity_kind, v.entity,
  coalesce(g.state, '') AS state,
  coalesce(g.zip_code, '') AS zip_code
FROM price_voters v
JOIN set_groups s
  ON s.content_id = v.content_id AND s.provider_set_id = v.provider_set_id
  AND s.network = v.network
JOIN (
  SELECT DISTINCT p.content_id, p.group_id, p.entity_kind, p.entity, r.state, r.zip_code
  FROM group_providers p
  JOIN npi_records r ON r.npi = p.npi
  WHERE r.state IS NOT NULL OR r.zip_code IS NOT NULL
) g
  ON g.content_id = s.content_id AND g.group_id = s.group_id
  AND g.entity_kind = v.entity_kind AND g.entity = v.set_entity
WHERE v.entity_kind <> 'hospital'

UNION ALL

SELECT
  v.price_id, v.network, v.entity_kind, v.entity, h.state, h.zip_code
FROM price_voters v
JOIN hospital_places h ON h.content_id = v.content_id
WHERE v.entity_kind = 'hospital'

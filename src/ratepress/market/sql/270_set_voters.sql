-- step: set_voters
-- grain: one contracting entity of one provider set, in one network
-- key: content_id, provider_set_id, network, entity_kind, entity
-- Rule M02: a group with several network names votes once in each.
SELECT DISTINCT
  s.content_id,
  s.provider_set_id,
  coalesce(n.network_name, '') AS network,
  p.entity_kind,
  p.entity
FROM (
  SELECT DISTINCT content_id, provider_set_id
  FROM keyed_rates
) k
JOIN provider_sets s
  ON s.content_id = k.content_id AND s.provider_set_id = k.provider_set_id
JOIN (
  SELECT DISTINCT content_id, group_id, entity_kind, entity
  FROM group_providers
) p ON p.content_id = s.content_id AND p.group_id = s.group_id
LEFT JOIN group_networks n ON n.content_id = s.content_id AND n.group_id = s.group_id

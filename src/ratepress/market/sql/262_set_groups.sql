-- step: set_groups
-- grain: one provider group of one provider set of an asked price, in one network
-- key: content_id, provider_set_id, group_id, network
-- Rule M02: a group with several network names stands in each.
SELECT DISTINCT
  s.content_id,
  s.provider_set_id,
  s.group_id,
  coalesce(n.network_name, '') AS network
FROM (
  SELECT DISTINCT content_id, provider_set_id
  FROM keyed_rates
) k
JOIN provider_sets s
  ON s.content_id = k.content_id AND s.provider_set_id = k.provider_set_id
LEFT JOIN group_networks n ON n.content_id = s.content_id AND n.group_id = s.group_id

-- step: named_groups
-- grain: one provider group of one provider set of an asked price, in one network
-- key: set_no, group_id, network
-- Rule M02: a group with several network names stands in each.
SELECT DISTINCT
  a.set_no,
  a.file_no,
  a.content_id,
  s.group_id,
  coalesce(n.network_name, '') AS network
FROM asked_sets a
JOIN provider_sets s
  ON s.content_id = a.content_id AND s.provider_set_id = a.provider_set_id
LEFT JOIN group_networks n ON n.content_id = s.content_id AND n.group_id = s.group_id

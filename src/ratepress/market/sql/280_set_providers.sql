-- step: set_providers
-- grain: one provider set of an asked price, by what is in it
-- key: content_id, provider_set_id
-- Rule M03 compares providers by content, for the same set has another id in every file. Two groups
-- of the same members are one; what is not known of a group is its address, else its id.
SELECT
  s.content_id,
  s.provider_set_id,
  array_sort(array_agg(DISTINCT
    concat_ws(
      '@',
      coalesce(g.members_hash, r.members_hash, g.location, s.group_id),
      coalesce(n.network_name, '')
    )
  )) AS providers
FROM (SELECT DISTINCT content_id, provider_set_id, group_id FROM set_groups) s
LEFT JOIN provider_groups g ON g.content_id = s.content_id AND g.group_id = s.group_id
LEFT JOIN reference_contents r ON r.content_id = s.content_id AND r.group_id = s.group_id
LEFT JOIN group_networks n ON n.content_id = s.content_id AND n.group_id = s.group_id
GROUP BY s.content_id, s.provider_set_id

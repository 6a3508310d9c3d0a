-- step: set_voters
-- grain: one contracting entity of one provider set, in one network
-- key: content_id, provider_set_id, network, entity_kind, entity
-- Rule M02: the TIN contracts; where none is stated the provider group stands for it. A group is
-- known by its members, else its address, else its id, so that next month's file adds no voter.
-- Members that stand at an address count as the group's own once they were fetched.
SELECT DISTINCT
  s.content_id,
  s.provider_set_id,
  coalesce(n.network_name, '') AS network,
  CASE WHEN coalesce(t.tin, '') = '' THEN 'provider group' ELSE 'TIN' END AS entity_kind,
  CASE
    WHEN coalesce(t.tin, '') = ''
      THEN coalesce(g.members_hash, r.members_hash, g.location, s.group_id)
    ELSE concat_ws(' ', t.tin_type, t.tin)
  END AS entity
FROM provider_sets s
JOIN asked_contents a ON a.content_id = s.content_id
LEFT JOIN provider_groups g ON g.content_id = s.content_id AND g.group_id = s.group_id
LEFT JOIN group_networks n ON n.content_id = s.content_id AND n.group_id = s.group_id
LEFT JOIN reference_contents r ON r.content_id = s.content_id AND r.group_id = s.group_id
LEFT JOIN (
  SELECT content_id, group_id, tin_type, tin FROM group_members
  UNION
  SELECT f.content_id, f.group_id, m.tin_type, m.tin
  FROM reference_contents f
  JOIN group_members m ON m.content_id = f.reference_content_id
) t ON t.content_id = s.content_id AND t.group_id = s.group_id

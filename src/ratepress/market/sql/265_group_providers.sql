-- step: group_providers
-- grain: one NPI of one contracting entity of one provider group that an asked price names
-- key: group_no, entity_kind, entity, npi
-- Rule M02: the TIN contracts; where none is stated the provider group stands for it. A group is
-- known by its members, else its address, else its id, so that next month's file adds no voter.
-- Members that stand at an address count as the group's own once they were fetched. A group whose
-- members are not known has the NPI ''.
SELECT DISTINCT
  a.group_no,
  CASE WHEN coalesce(t.tin, '') = '' THEN 'provider group' ELSE 'TIN' END AS entity_kind,
  CASE
    WHEN coalesce(t.tin, '') = '' THEN a.known_as
    ELSE concat_ws(' ', t.tin_type, t.tin)
  END AS entity,
  coalesce(t.npi, '') AS npi
FROM asked_groups a
LEFT JOIN (
  SELECT content_id, group_id, tin_type, tin, npi FROM group_members
  UNION ALL
  SELECT f.content_id, f.group_id, m.tin_type, m.tin, m.npi
  FROM reference_contents f
  JOIN group_members m ON m.content_id = f.reference_content_id
) t ON t.content_id = a.content_id AND t.group_id = a.group_id

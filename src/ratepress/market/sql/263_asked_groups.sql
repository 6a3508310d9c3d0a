-- step: asked_groups
-- grain: one provider group that an asked price names
-- key: group_no
-- `known_as` compares groups of several files (M03): the members, and where they are not known the
-- address, else the id.
SELECT
  row_number() OVER (ORDER BY a.file_no, a.group_id) AS group_no,
  a.content_id,
  a.group_id,
  coalesce(g.members_hash, r.members_hash, g.location, a.group_id) AS known_as,
  g.members_hash AS own_members,
  r.members_hash AS fetched_members
FROM (SELECT DISTINCT file_no, content_id, group_id FROM named_groups) a
LEFT JOIN provider_groups g ON g.content_id = a.content_id AND g.group_id = a.group_id
LEFT JOIN reference_contents r ON r.content_id = a.content_id AND r.group_id = a.group_id

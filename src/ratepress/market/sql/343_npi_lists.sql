-- step: npi_lists
-- grain: one provider group and one of its contracting entities, by the list of NPIs that it has
-- key: group_no, entity_no
-- Groups of the same members have the same lists: `list_no` is one of their content, and `is_first`
-- marks the group that stands for it.
SELECT
  l.group_no, l.entity_no, l.list_no,
  row_number() OVER (PARTITION BY l.list_no ORDER BY l.group_no) = 1 AS is_first
FROM (
  SELECT
    p.group_no, p.entity_no,
    dense_rank() OVER (
      ORDER BY
        g.own_members NULLS FIRST, g.fetched_members NULLS FIRST,
        CASE WHEN g.own_members IS NULL AND g.fetched_members IS NULL THEN p.group_no END
          NULLS FIRST,
        p.entity_no
    ) AS list_no
  FROM (SELECT DISTINCT group_no, entity_no FROM entity_npis) p
  JOIN asked_groups g ON g.group_no = p.group_no
) l

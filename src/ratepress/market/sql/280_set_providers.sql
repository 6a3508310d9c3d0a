-- step: set_providers
-- grain: one provider set of an asked price, by what is in it
-- key: set_no
-- Rule M03 compares providers by content, for the same set has another id in every file. Two groups
-- of the same members are one; what is not known of a group is its address, else its id. Sets of
-- the same content have one `providers_no`.
SELECT
  p.set_no,
  a.provider_set_id,
  p.providers,
  dense_rank() OVER (ORDER BY p.providers) AS providers_no
FROM (
  SELECT
    s.set_no,
    array_sort(array_agg(DISTINCT concat_ws('@', g.known_as, s.network))) AS providers
  FROM set_groups s
  JOIN asked_groups g ON g.group_no = s.group_no
  GROUP BY s.set_no
) p
JOIN asked_sets a ON a.set_no = p.set_no

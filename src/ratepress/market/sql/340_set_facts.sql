-- step: set_facts
-- grain: one contracting entity of one provider set, in one network, by what is known of its NPIs
-- key: set_voter_id
-- Rules Q08 to Q10. What is not known of a group counts as one NPI. An NPI in two groups of
-- the set is counted twice on both sides of a comparison.
SELECT
  v.set_voter_id,
  CAST(sum(g.n_npis) AS BIGINT) AS n_npis,
  CAST(sum(g.n_valid) AS BIGINT) AS n_valid,
  CAST(sum(g.n_individuals) AS BIGINT) AS n_individuals,
  CAST(sum(g.n_organizations) AS BIGINT) AS n_organizations,
  CAST(sum(g.n_facilities) AS BIGINT) AS n_facilities,
  CAST(sum(g.n_taxonomies) AS BIGINT) AS n_taxonomies
FROM voter_groups v
JOIN (
  SELECT
    p.group_no, p.entity_no,
    count(*) AS n_npis,
    sum(CASE WHEN a.is_valid THEN 1 ELSE 0 END) AS n_valid,
    sum(CASE WHEN r.entity_type = 'individual' THEN 1 ELSE 0 END) AS n_individuals,
    sum(CASE WHEN r.entity_type = 'organization' THEN 1 ELSE 0 END) AS n_organizations,
    sum(CASE WHEN m.prefix IS NOT NULL THEN 1 ELSE 0 END) AS n_facilities,
    sum(CASE WHEN r.taxonomy IS NOT NULL THEN 1 ELSE 0 END) AS n_taxonomies
  FROM entity_npis p
  LEFT JOIN asked_npis a ON a.npi = p.npi
  LEFT JOIN npi_records r ON r.npi = p.npi
  LEFT JOIN taxonomy_marks m ON m.mark = 'facility' AND m.prefix = substr(r.taxonomy, 1, 2)
  GROUP BY p.group_no, p.entity_no
) g ON g.group_no = v.group_no AND g.entity_no = v.entity_no
GROUP BY v.set_voter_id

-- step: set_families
-- grain: one contracting entity of one provider set, in one network, and one family of services
-- key: set_voter_id, family
-- Rule Q09: how many of its NPIs plausibly bill the family, how many do not, and how many say
-- nothing of it. The others of its NPIs are unknown.
SELECT
  w.set_voter_id,
  g.family,
  CAST(sum(g.n_plausible) AS BIGINT) AS n_plausible,
  CAST(sum(g.n_implausible) AS BIGINT) AS n_implausible,
  CAST(sum(g.n_silent) AS BIGINT) AS n_silent
FROM voter_groups w
JOIN (
  SELECT
    p.group_no, p.entity_no, v.family,
    sum(CASE WHEN v.verdict = 'plausible' THEN 1 ELSE 0 END) AS n_plausible,
    sum(CASE WHEN v.verdict = 'implausible' THEN 1 ELSE 0 END) AS n_implausible,
    sum(CASE WHEN v.verdict = 'silent' THEN 1 ELSE 0 END) AS n_silent
  FROM entity_npis p
  JOIN npi_families v ON v.npi = p.npi
  GROUP BY p.group_no, p.entity_no, v.family
) g ON g.group_no = w.group_no AND g.entity_no = w.entity_no
GROUP BY w.set_voter_id, g.family

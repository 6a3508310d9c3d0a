-- step: hospital_sets
-- grain: one provider set of a payer's file in which one hospital is named
-- key: hospital_id, content_id, provider_set_id
-- Rule M11: a hospital is in a set where one of its type 2 NPIs is, fetched references too.
SELECT DISTINCT y.hospital_id, s.content_id, s.provider_set_id
FROM provider_sets s
JOIN asked_contents a ON a.content_id = s.content_id
JOIN (
  SELECT content_id, group_id, npi FROM group_members
  UNION
  SELECT f.content_id, f.group_id, m.npi
  FROM reference_contents f
  JOIN group_members m ON m.content_id = f.reference_content_id
) m ON m.content_id = s.content_id AND m.group_id = s.group_id
JOIN hospital_npis n ON n.npi = m.npi
JOIN hospital_identities y ON y.content_id = n.content_id

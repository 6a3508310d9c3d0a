-- step: kind_families
-- grain: one kind of provider in the utilisation data and one family that an asked code is of
-- key: provider_kind, family
-- Rule Q09, learned: how many providers of a kind there are, and how many of them bill the family.
-- A kind is a taxonomy where the registry has the provider, and a Medicare specialty besides.
SELECT
  k.provider_kind,
  f.family,
  count(*) AS n_npis,
  count(b.npi) AS n_billing
FROM (
  SELECT u.npi, concat_ws(' ', 'specialty', u.provider_type) AS provider_kind
  FROM used_npis u
  WHERE u.provider_type IS NOT NULL
  UNION ALL
  SELECT t.npi, concat_ws(' ', 'taxonomy', t.taxonomy)
  FROM (
    SELECT
      p.npi, p.taxonomy,
      row_number() OVER (PARTITION BY p.npi ORDER BY f.rank_no) AS answer_no
    FROM providers p
    JOIN used_npis u ON u.npi = p.npi
    JOIN registry_files f ON f.content_id = p.content_id AND f.registry = 'nppes'
  ) t
  WHERE t.answer_no = 1 AND t.taxonomy IS NOT NULL
) k
CROSS JOIN (SELECT DISTINCT family FROM family_ranges) f
LEFT JOIN family_billers b ON b.npi = k.npi AND b.family = f.family
GROUP BY k.provider_kind, f.family

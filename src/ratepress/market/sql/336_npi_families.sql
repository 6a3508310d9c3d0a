-- step: npi_families
-- grain: one NPI of the asked prices and one family of services on which something decides
-- key: npi, family
-- Rule Q09. What a provider bills to Medicare is plausible. Where it bills nothing of the family,
-- those of its kind decide (its taxonomy, else its Medicare specialty), where the utilisation data
-- have enough of them. Else the register knows pairs that are implausible. What none of these
-- decides is unknown and has no row. A group practice's own taxonomy says nothing of who renders a
-- service: silent.
SELECT v.*
FROM (
  SELECT
    n.npi,
    n.family,
    CASE
      WHEN b.npi IS NOT NULL THEN 'plausible'
      WHEN s.prefix IS NOT NULL THEN 'silent'
      WHEN n.is_learned AND l.prefix IS NULL AND k.n_npis >= g.q09_fewest_npis THEN CASE
        WHEN k.n_billing * 1000 < k.n_npis * g.q09_fewest_per_thousand THEN 'implausible'
        ELSE 'plausible'
      END
      WHEN p.taxonomy IS NOT NULL THEN 'implausible'
      ELSE 'unknown'
    END AS verdict
  FROM (
    SELECT
      a.npi, f.family, f.is_learned, r.taxonomy,
      CASE
        WHEN r.taxonomy IS NOT NULL THEN concat_ws(' ', 'taxonomy', r.taxonomy)
        ELSE concat_ws(' ', 'specialty', u.provider_type)
      END AS provider_kind
    FROM asked_npis a
    CROSS JOIN (SELECT DISTINCT family, is_learned FROM family_ranges) f
    LEFT JOIN npi_records r ON r.npi = a.npi
    LEFT JOIN used_npis u ON u.npi = a.npi
    WHERE a.is_valid AND (r.npi IS NOT NULL OR u.npi IS NOT NULL)
  ) n
  CROSS JOIN registry_settings g
  LEFT JOIN family_billers b ON b.npi = n.npi AND b.family = n.family
  LEFT JOIN kind_families k ON k.provider_kind = n.provider_kind AND k.family = n.family
  LEFT JOIN taxonomy_marks s ON s.mark = 'silent' AND s.prefix = substr(n.taxonomy, 1, 4)
  LEFT JOIN taxonomy_marks l ON l.mark = 'unlearned' AND l.prefix = substr(n.taxonomy, 1, 4)
  LEFT JOIN (
    SELECT DISTINCT r.taxonomy, g.family
    FROM npi_records r
    JOIN ghost_pairs g ON g.prefix = substr(r.taxonomy, 1, length(g.prefix))
  ) p ON p.taxonomy = n.taxonomy AND p.family = n.family
) v
WHERE v.verdict <> 'unknown'

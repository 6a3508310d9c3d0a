-- step: voter_flags
-- grain: one quality rule that one voter of one price tripped, or that could not be assessed for it
-- key: price_id, voter_id, rule_id
-- Rules Q08 (of the taxonomy), Q09 and Q10 judge who is named, voter by voter: one contract of a
-- price may be a ghost's and the next one not. Hospitals price their own services.
SELECT
  v.price_id, v.voter_id, 'Q10' AS rule_id, 'flagged' AS outcome
FROM price_voters v
LEFT JOIN set_facts f ON f.set_voter_id = v.set_voter_id
WHERE NOT v.is_hospital AND coalesce(f.n_valid, 0) = 0

UNION ALL

SELECT
  v.price_id, v.voter_id, 'Q09',
  CASE
    WHEN f.n_implausible > 0 AND f.n_implausible + f.n_silent = a.n_npis THEN 'flagged'
    ELSE 'not assessed'
  END
FROM price_voters v
JOIN distinct_prices d ON d.price_id = v.price_id
JOIN comparison_keys k ON k.key_id = d.key_id
LEFT JOIN asked_families c ON c.code_system = k.code_system AND c.code = k.code
LEFT JOIN set_facts a ON a.set_voter_id = v.set_voter_id
LEFT JOIN set_families f ON f.set_voter_id = v.set_voter_id AND f.family = c.family
WHERE NOT v.is_hospital AND coalesce(f.n_plausible, 0) = 0

UNION ALL

SELECT
  v.price_id, v.voter_id, 'Q08',
  CASE
    WHEN k.billing_class = 'facility' AND f.n_individuals = f.n_valid AND f.n_valid > 0
      THEN 'flagged'
    WHEN k.billing_class = 'professional' AND f.n_facilities = f.n_valid AND f.n_valid > 0
      THEN 'flagged'
    ELSE 'not assessed'
  END
FROM price_voters v
JOIN distinct_prices d ON d.price_id = v.price_id
JOIN comparison_keys k ON k.key_id = d.key_id
LEFT JOIN set_facts f ON f.set_voter_id = v.set_voter_id
WHERE NOT v.is_hospital
  AND (
    (k.billing_class = 'facility' AND coalesce(f.n_organizations, 0) = 0)
    OR (
      k.billing_class = 'professional'
      AND coalesce(f.n_taxonomies, 0) = coalesce(f.n_facilities, 0)
    )
  )

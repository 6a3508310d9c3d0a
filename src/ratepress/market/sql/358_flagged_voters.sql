-- step: flagged_voters
-- grain: one quality rule that one voter of one price tripped
-- key: price_id, voter_id, rule_id
-- Rules Q08 (of the taxonomy), Q09 and Q10 judge who is named, voter by voter: one contract of a
-- price may be a ghost's and the next one not. Hospitals price their own services.
SELECT v.price_id, v.voter_id, 'Q10' AS rule_id
FROM price_voters v
LEFT JOIN set_facts f ON f.set_voter_id = v.set_voter_id
WHERE NOT v.is_hospital AND coalesce(f.n_valid, 0) = 0

UNION ALL

SELECT v.price_id, v.voter_id, 'Q09'
FROM price_voters v
JOIN prices d ON d.price_id = v.price_id
JOIN comparison_keys k ON k.key_no = d.key_no
JOIN asked_families c ON c.code_system = k.code_system AND c.code = k.code
JOIN set_facts a ON a.set_voter_id = v.set_voter_id
JOIN set_families f ON f.set_voter_id = v.set_voter_id AND f.family = c.family
WHERE NOT v.is_hospital AND f.n_plausible = 0 AND f.n_implausible > 0
  AND f.n_implausible + f.n_silent = a.n_npis

UNION ALL

SELECT v.price_id, v.voter_id, 'Q08'
FROM price_voters v
JOIN prices d ON d.price_id = v.price_id
JOIN comparison_keys k ON k.key_no = d.key_no
JOIN set_facts f ON f.set_voter_id = v.set_voter_id AND f.n_valid > 0
WHERE NOT v.is_hospital
  AND (
    (k.billing_class = 'facility' AND f.n_individuals = f.n_valid AND f.n_organizations = 0)
    OR (
      k.billing_class = 'professional' AND f.n_facilities = f.n_valid
      AND f.n_taxonomies = f.n_facilities
    )
  )

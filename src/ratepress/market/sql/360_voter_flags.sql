-- step: voter_flags
-- grain: one quality rule that one voter of one price tripped, or that could not be assessed for it
-- key: price_id, voter_id, rule_id
-- A family or a taxonomy about which the registries say nothing good is not assessed.
SELECT price_id, voter_id, rule_id, 'flagged' AS outcome
FROM flagged_voters

UNION ALL

SELECT u.price_id, u.voter_id, u.rule_id, 'not assessed'
FROM (
  SELECT v.price_id, v.voter_id, 'Q09' AS rule_id
  FROM price_voters v
  JOIN prices d ON d.price_id = v.price_id
  JOIN comparison_keys k ON k.key_no = d.key_no
  LEFT JOIN asked_families c ON c.code_system = k.code_system AND c.code = k.code
  LEFT JOIN set_families f ON f.set_voter_id = v.set_voter_id AND f.family = c.family
  WHERE NOT v.is_hospital AND coalesce(f.n_plausible, 0) = 0
  UNION ALL
  SELECT v.price_id, v.voter_id, 'Q08'
  FROM price_voters v
  JOIN prices d ON d.price_id = v.price_id
  JOIN comparison_keys k ON k.key_no = d.key_no
  LEFT JOIN set_facts f ON f.set_voter_id = v.set_voter_id
  WHERE NOT v.is_hospital
    AND (
      (k.billing_class = 'facility' AND coalesce(f.n_organizations, 0) = 0)
      OR (
        k.billing_class = 'professional'
        AND coalesce(f.n_taxonomies, 0) = coalesce(f.n_facilities, 0)
      )
    )
) u
LEFT JOIN flagged_voters g
  ON g.price_id = u.price_id AND g.voter_id = u.voter_id AND g.rule_id = u.rule_id
WHERE g.price_id IS NULL

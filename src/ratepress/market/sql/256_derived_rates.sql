-- step: derived_rates
-- grain: one price that is derived from a percentage and the one gross charge it can be of
-- key: content_id, rate_id, key_id
-- Rule M12. A kind of statement of its own, and so a comparison key of its own: dollars that a file
-- states and dollars that are worked out here never stand in one distribution.
SELECT
  md5(concat_ws('|', 'derived dollar', k.key_id)) AS key_id,
  k.content_id, k.rate_id, k.code_system, k.code, k.modifiers, k.line_of_business,
  k.billing_class, k.setting, k.site, k.arrangement,
  'derived dollar' AS statement,
  'service' AS price_unit,
  k.method, k.drug_unit,
  d.lowest AS dollars,
  k.percentage, k.algorithm, k.payer_name, k.plan_name, k.payer_id, k.payer, k.place_set_id,
  k.provider_set_id, k.set_no, k.expires_on, k.place, k.published_by, k.publisher, k.state, k.hospital_id,
  k.published_on
FROM keyed_rates k
JOIN derived_ranges d
  ON d.content_id = k.content_id AND d.rate_id = k.rate_id AND d.key_id = k.key_id
WHERE d.n_gross = 1

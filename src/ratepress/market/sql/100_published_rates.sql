-- step: published_rates
-- grain: one published price of an asked code
-- key: content_id, rate_id
-- Names resolved, nothing judged yet. Rule M04: modifiers stay as published.
SELECT
  r.content_id,
  r.rate_id,
  r.code_system,
  r.code,
  r.modifier_set_id AS modifiers,
  r.line_of_business,
  coalesce(r.billing_class, 'not stated') AS billing_class,
  coalesce(r.setting, 'not stated') AS setting,
  coalesce(r.arrangement, 'not stated') AS arrangement,
  r.statement,
  r.price_unit,
  coalesce(r.method, 'not stated') AS method,
  coalesce(concat_ws(' ', CAST(i.drug_unit AS STRING), i.drug_unit_type), '') AS drug_unit,
  r.dollars,
  r.percentage,
  r.algorithm,
  r.payer_name,
  coalesce(r.plan_name, '') AS plan_name,
  p.payer_id,
  p.payer,
  r.place_set_id,
  r.provider_set_id,
  r.expires_on,
  coalesce(
    r.place,
    'in_network[' || CAST(r.item_id AS STRING) || '].negotiated_rates['
      || CAST(r.rate_position AS STRING) || '].negotiated_prices['
      || CAST(r.price_position AS STRING) || ']'
  ) AS place,
  CASE WHEN h.content_id IS NULL THEN 'payer' ELSE 'hospital' END AS published_by,
  f.publisher,
  coalesce(h.license_state, '') AS state,
  coalesce(y.hospital_id, '') AS hospital_id,
  f.published_on,
  f.standing,
  f.file_no
FROM rates r
JOIN asked_codes a ON a.code_system = r.code_system AND a.code = r.code
JOIN file_standing f ON f.content_id = r.content_id
-- An item has the code of its rates: said here, its file is read by code and not whole.
JOIN items i
  ON i.content_id = r.content_id AND i.item_id = r.item_id
  AND i.code_system = a.code_system AND i.code = a.code
LEFT JOIN hospitals h ON h.content_id = r.content_id
LEFT JOIN hospital_identities y ON y.content_id = r.content_id
JOIN payer_identities p
  ON p.payer_name = r.payer_name AND p.state = coalesce(h.license_state, '')

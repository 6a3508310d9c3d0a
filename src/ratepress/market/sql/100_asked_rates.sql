-- step: asked_rates
-- grain: one published price of an asked code
-- key: rate_no
-- Nothing is judged yet. Rule M04: modifiers stay as published. `rate_no` stands for the file and
-- the rate's id in it, in the order in which prices speak (M03); a file has fewer than 10^11 rates.
SELECT
  s.speaker_no * 100000000000 + r.rate_id AS rate_no,
  s.speaker_no,
  s.file_no,
  s.payer_no,
  s.hospital_no,
  s.standing,
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
  r.place_set_id,
  r.provider_set_id,
  r.expires_on,
  r.item_id,
  r.rate_position,
  r.price_position,
  r.place
FROM rates r
JOIN asked_codes a ON a.code_system = r.code_system AND a.code = r.code
JOIN speakers s
  ON s.content_id = r.content_id AND s.payer_name = r.payer_name
  AND s.plan_name = coalesce(r.plan_name, '')
-- An item has the code of its rates: said here, its file is read by code and not whole.
LEFT JOIN items i
  ON i.content_id = r.content_id AND i.item_id = r.item_id
  AND i.code_system = r.code_system AND i.code = r.code
  AND (i.drug_unit IS NOT NULL OR i.drug_unit_type IS NOT NULL)

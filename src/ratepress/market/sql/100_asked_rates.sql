-- step: asked_rates
-- grain: one published price of an asked code
-- key: rate_no
-- Nothing is judged yet. `rate_no` stands for the file and the rate's id in it, in the order in which
-- prices speak (M03); a file has fewer than 10^11 rates.
SELECT
  s.speaker_no * 100000000000 + r.rate_id AS rate_no,
  s.speaker_no,
  s.file_no,
  s.payer_no,
  s.hospital_no,
  s.standing,
  w.wording_no,
  coalesce(
    concat_ws(
      ' ',
      TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM CAST(i.drug_unit AS STRING))),
      i.drug_unit_type
    ),
    ''
  ) AS drug_unit,
  r.rate_id,
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
-- Said twice, by the wordings too: so the files of rates are read by code and not whole.
JOIN asked_codes a ON a.code_system = r.code_system AND a.code = r.code
JOIN wordings w
  ON w.code_system = r.code_system AND w.code = r.code AND w.modifiers = r.modifier_set_id
  AND w.line_of_business = r.line_of_business
  AND w.billing_class = coalesce(r.billing_class, 'not stated')
  AND w.setting = coalesce(r.setting, 'not stated')
  AND w.arrangement = coalesce(r.arrangement, 'not stated')
  AND w.statement = r.statement AND w.price_unit = r.price_unit
  AND w.method = coalesce(r.method, 'not stated')
JOIN speakers s
  ON s.content_id = r.content_id AND s.payer_name = r.payer_name
  AND s.plan_name = coalesce(r.plan_name, '')
-- An item has the code of its rates: said here, its file is read by code and not whole.
LEFT JOIN items i
  ON i.content_id = r.content_id AND i.item_id = r.item_id
  AND i.code_system = r.code_system AND i.code = r.code
  AND (i.drug_unit IS NOT NULL OR i.drug_unit_type IS NOT NULL)

-- step: rate_keys
-- grain: one published price in one comparison key
-- key: rate_no, key_no
SELECT
  k.key_no, r.rate_no, r.speaker_no, r.file_no, r.payer_no, r.hospital_no, r.set_no,
  r.place_set_id, r.statement, r.dollars, r.percentage, r.algorithm, r.expires_on
FROM rate_terms r
JOIN stated_keys k
  ON k.code_system = r.code_system AND k.code = r.code AND k.modifiers = r.modifiers
  AND k.line_of_business = r.line_of_business AND k.billing_class = r.billing_class
  AND k.setting = r.setting AND k.site = r.site AND k.arrangement = r.arrangement
  AND k.statement = r.statement AND k.price_unit = r.price_unit AND k.method = r.method
  AND k.drug_unit = r.drug_unit

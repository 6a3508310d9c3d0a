-- step: rate_keys
-- grain: one published price in one comparison key
-- key: rate_no, key_no
SELECT
  k.key_no, r.rate_no, r.speaker_no, r.file_no, r.payer_no, r.hospital_no, r.set_no,
  r.place_set_id, k.statement, r.dollars, r.percentage, r.algorithm, r.expires_on
FROM rate_terms r
JOIN key_terms k
  ON k.wording_no = r.wording_no AND k.line_of_business = r.line_of_business
  AND k.setting = r.setting AND k.site = r.site AND k.drug_unit = r.drug_unit

-- step: derived_rates
-- grain: one price that is derived from a percentage and the one gross charge it can be of
-- key: rate_no, key_no
-- Rule M12. A kind of statement of its own, and so a comparison key of its own: dollars that a file
-- states and dollars that are worked out here never stand in one distribution. Its number is that of
-- the key of the percentage, below zero.
SELECT
  -r.key_no AS key_no, r.rate_no, r.speaker_no, r.file_no, r.payer_no, r.hospital_no, r.set_no,
  r.place_set_id,
  'derived dollar' AS statement,
  d.lowest AS dollars,
  r.percentage, r.algorithm, r.expires_on
FROM rate_keys r
JOIN derived_ranges d ON d.rate_no = r.rate_no AND d.key_no = r.key_no
WHERE d.n_gross = 1

-- step: keyed_rates
-- grain: one published price in one comparison key
-- key: content_id, rate_id, key_id
-- `rate_keys` with the words that its numbers stand for.
SELECT
  k.key_id, k.key_no, k.line_of_business, k.setting, k.site, r.set_no,
  p.* EXCEPT (line_of_business, setting, standing)
FROM rate_keys r
JOIN stated_keys k ON k.key_no = r.key_no
JOIN published_rates p ON p.rate_no = r.rate_no

-- step: key_rates
-- grain: one published or derived price in one comparison key
-- key: rate_no, key_no
-- kept: no
SELECT * FROM rate_keys
UNION ALL
SELECT * FROM derived_rates

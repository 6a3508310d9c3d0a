-- step: counted_prices
-- grain: one distinct dollar price that counts at one filter strength
-- key: strength, price_id
-- `counting_prices` with the words that its numbers stand for.
SELECT t.strength, d.*
FROM counting_prices c
JOIN strengths t ON t.strength_no = c.strength_no
JOIN distinct_prices d ON d.price_id = c.price_id

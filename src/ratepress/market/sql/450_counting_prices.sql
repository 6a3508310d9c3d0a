-- step: counting_prices
-- grain: one distinct dollar price that counts at one filter strength
-- key: key_payer_no, price_id
SELECT e.*
FROM eligible_prices e
WHERE NOT EXISTS (
  SELECT 1
  FROM q05_left_out q
  WHERE q.key_payer_no = e.key_payer_no AND q.price_id = e.price_id
)

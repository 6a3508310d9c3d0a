-- step: distinct_prices
-- grain: one price of one payer for one set of providers in one comparison key
-- key: price_id
-- `prices` with the words that its numbers stand for, those of the row that speaks (M03).
SELECT
  d.price_id, d.key_no, k.key_id, r.content_id, r.rate_id, r.code, r.payer_id, r.payer,
  r.payer_name, r.plan_name, d.statement, d.dollars, r.percentage, r.algorithm, k.setting,
  r.billing_class, r.provider_set_id, d.set_no, r.published_by, r.publisher, r.hospital_id, r.state,
  r.published_on, r.place, d.n_rows, d.last_day
FROM prices d
JOIN comparison_keys k ON k.key_no = d.key_no
JOIN published_rates r ON r.rate_no = d.rate_no

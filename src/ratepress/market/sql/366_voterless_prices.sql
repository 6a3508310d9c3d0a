-- step: voterless_prices
-- grain: one distinct price of which no voter is left at a filter strength
-- key: strength_no, price_id
-- Two rules about voters may between them leave none.
SELECT l.strength_no, l.price_id
FROM (
  SELECT strength_no, price_id, count(*) AS n_left_out
  FROM voters_left_out
  GROUP BY strength_no, price_id
) l
JOIN (
  SELECT v.price_id, count(*) AS n_voters
  FROM price_voters v
  JOIN (SELECT DISTINCT price_id FROM voters_left_out) o ON o.price_id = v.price_id
  GROUP BY v.price_id
) n ON n.price_id = l.price_id AND n.n_voters = l.n_left_out

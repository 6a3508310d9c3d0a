-- step: q05
-- grain: one distinct price
-- key: price_id
-- Rule Q05: outside 1.5 interquartile ranges of the quartiles, on the scale of logarithms. Without
-- one: v < p25 (p25 / p75)^1.5 is v² p75³ < p25⁵. The products are of the size of money to the
-- fifth, which no decimal holds; both engines multiply doubles from left to right and alike.
SELECT d.price_id, 'Q05' AS rule_id, 'flagged' AS outcome
FROM prices d
JOIN (
  SELECT key_no, CAST(p25 AS DOUBLE) AS p25, CAST(p75 AS DOUBLE) AS p75 FROM q05_quartiles
) q ON q.key_no = d.key_no
WHERE d.statement IN ('dollar', 'derived dollar') AND d.dollars > 0
  AND (
    CAST(d.dollars AS DOUBLE) * CAST(d.dollars AS DOUBLE) * q.p75 * q.p75 * q.p75
      < q.p25 * q.p25 * q.p25 * q.p25 * q.p25
    OR CAST(d.dollars AS DOUBLE) * CAST(d.dollars AS DOUBLE) * q.p25 * q.p25 * q.p25
      > q.p75 * q.p75 * q.p75 * q.p75 * q.p75
  )

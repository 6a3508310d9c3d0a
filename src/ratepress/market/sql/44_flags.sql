-- step: flags
-- grain: one quality rule that one distinct price tripped, or that could not be assessed for it
-- key: price_id, rule_id
-- Rules Q01, Q02, Q04, Q14. They flag; step `counted_prices` decides by strength. A rule about
-- voters (step `voter_flags`) flags a price where it flags all its voters, and is not assessed
-- where it says nothing good of any.
SELECT d.price_id, 'Q01' AS rule_id, 'flagged' AS outcome
FROM distinct_prices d
WHERE d.statement = 'none'
  OR (d.statement = 'dollar' AND (d.dollars IS NULL OR d.dollars <= 0))
  OR (d.statement = 'percentage' AND (d.percentage IS NULL OR d.percentage <= 0))

UNION ALL

SELECT d.price_id, 'Q02', 'flagged'
FROM distinct_prices d
CROSS JOIN settings s
LEFT JOIN nines n ON n.dollars = d.dollars
LEFT JOIN repeated_amounts r
  ON r.content_id = d.content_id AND r.payer_name = d.payer_name
  AND r.plan_name = d.plan_name AND r.dollars = d.dollars
WHERE n.dollars IS NOT NULL
  OR r.dollars IS NOT NULL
  OR (d.dollars > 0 AND d.dollars <= s.q02_cent)

UNION ALL

SELECT
  d.price_id,
  'Q04',
  CASE WHEN k.medicare_amount IS NULL THEN 'not assessed' ELSE 'flagged' END
FROM distinct_prices d
JOIN comparison_keys k ON k.key_id = d.key_id
CROSS JOIN settings s
WHERE d.statement = 'dollar'
  AND (
    k.medicare_amount IS NULL
    OR (d.setting = 'inpatient' AND k.billing_class <> 'professional' AND (
      d.dollars < k.medicare_amount * s.q04_inpatient_low
      OR d.dollars > k.medicare_amount * s.q04_inpatient_high
    ))
    OR ((d.setting <> 'inpatient' OR k.billing_class = 'professional') AND (
      d.dollars < k.medicare_amount * s.q04_other_low
      OR d.dollars > k.medicare_amount * s.q04_other_high
    ))
  )

UNION ALL

SELECT
  d.price_id,
  'Q14',
  CASE WHEN d.published_on IS NULL THEN 'not assessed' ELSE 'flagged' END
FROM distinct_prices d
CROSS JOIN settings s
WHERE d.published_on IS NULL OR d.published_on < s.stale_before

UNION ALL

SELECT
  f.price_id,
  f.rule_id,
  CASE WHEN sum(CASE WHEN f.outcome = 'flagged' THEN 1 ELSE 0 END) = max(n.n_voters)
    THEN 'flagged' ELSE 'not assessed' END
FROM voter_flags f
JOIN (SELECT price_id, count(*) AS n_voters FROM price_voters GROUP BY price_id) n
  ON n.price_id = f.price_id
GROUP BY f.price_id, f.rule_id
HAVING count(*) = max(n.n_voters)

-- step: opps_amounts
-- grain: one outpatient line with an amount
-- key: line_no
-- Rules P42 and P49: wages and factor in one product, rounded once; then the department's share.
SELECT
  t.line_no,
  CASE
    WHEN t.how = 'packaged' THEN 0
    ELSE cents(cents(f.paid_rate * f.wage_factor * f.factor) * f.department_share)
  END AS allowed,
  f.p47,
  f.p48,
  CASE WHEN f.department_share < 1 THEN 'P49' END AS p49
FROM opps_treated t
LEFT JOIN opps_factors f ON f.line_no = t.line_no
WHERE t.how IS NOT NULL AND t.gap IS NULL AND (t.how = 'packaged' OR f.paid_rate IS NOT NULL)

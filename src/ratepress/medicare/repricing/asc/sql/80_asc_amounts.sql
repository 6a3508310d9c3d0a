-- step: asc_amounts
-- grain: one ASC line with an amount
-- key: line_no
-- Rules P51, P58 and P59: one product, rounded once; then the lower of that and the charge.
WITH products AS (
  SELECT
    a.line_no,
    CASE
      WHEN a.kind = 'packaged' THEN 0
      ELSE cents(f.base * f.wage_factor * f.factor)
    END AS amount,
    a.charge
  FROM asc_asked a
  LEFT JOIN asc_factors f ON f.line_no = a.line_no
  WHERE a.gap IS NULL
)

SELECT
  line_no,
  least(amount, charge) AS allowed,
  CASE WHEN charge < amount THEN 'P58' END AS p58
FROM products

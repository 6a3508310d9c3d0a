-- step: asc_amounts
-- grain: one ASC line with an amount
-- key: line_no
-- Rules P51, P58 and P59: the rate in the area in cents, its reduced share in cents, their sum;
-- products by the unit and rounded once; then the lower of the amount and the charge.
WITH products AS (
  SELECT
    a.line_no,
    cents(f.base * f.wage_factor) AS rate_in_area,
    CASE
      WHEN a.kind = 'packaged' THEN 0
      WHEN a.kind = 'product' THEN cents(f.base * f.n_in_full)
      ELSE f.n_in_full * rate_in_area + f.n_reduced * cents(rate_in_area * f.share)
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

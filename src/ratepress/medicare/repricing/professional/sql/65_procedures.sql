-- step: procedures
-- grain: one procedure: a line, or a pair of lines for two sides
-- key: line_no
-- Rule P18: both sides are one procedure before procedures are ranked. `amount` is of one unit.
WITH sides AS (
  SELECT v.*, p.second_line, coalesce(p.sides, v.sides) AS times
  FROM valued v
  LEFT JOIN pairs p ON p.line_no = v.line_no
  WHERE v.gap IS NULL AND v.line_no NOT IN (SELECT second_line FROM pairs)
)

SELECT
  * EXCLUDE (technical, technical_cap, professional, therapy_fee, sides),
  cents(fee * times) AS amount,
  cents(technical * times) AS technical,
  cents(technical_cap * times) AS technical_cap,
  cents(professional * times) AS professional,
  least(cents(therapy_fee * times), cents(fee * times)) AS therapy_amount
FROM sides

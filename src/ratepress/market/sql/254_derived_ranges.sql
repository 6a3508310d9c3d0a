-- step: derived_ranges
-- grain: one published percentage of charges in one comparison key, with the dollars it comes to
-- key: rate_no, key_no
-- Rule M12: the gross stands on another row of the hospital's, of the same code, modifiers, setting
-- and drug unit, and of no other class. Half up to four decimals, as amounts are kept.
-- DuckDB multiplies two DECIMAL of 18 digits within 18, and fails over a million dollars: so the
-- gross is wider.
SELECT
  r.rate_no, r.key_no,
  count(DISTINCT g.gross) AS n_gross,
  min(g.gross) AS lowest_gross,
  max(g.gross) AS highest_gross,
  CAST(round(
    CAST(r.percentage * CAST(0.01 AS DECIMAL(3, 2)) AS DECIMAL(14, 8))
    * CAST(min(g.gross) AS DECIMAL(20, 4)), 4
  ) AS DECIMAL(18, 4)) AS lowest,
  CAST(round(
    CAST(r.percentage * CAST(0.01 AS DECIMAL(3, 2)) AS DECIMAL(14, 8))
    * CAST(max(g.gross) AS DECIMAL(20, 4)), 4
  ) AS DECIMAL(18, 4)) AS highest
FROM rate_keys r
JOIN stated_keys k ON k.key_no = r.key_no
CROSS JOIN settings s
JOIN gross_charges g
  ON g.hospital_no = r.hospital_no AND g.code_system = k.code_system AND g.code = k.code
  AND g.modifiers = k.modifiers AND g.setting = k.setting AND g.drug_unit = k.drug_unit
  AND (
    g.billing_class = k.billing_class
    OR g.billing_class IN ('not stated', 'both') OR k.billing_class IN ('not stated', 'both')
  )
WHERE k.statement = 'percentage' AND r.hospital_no > 0
  AND r.percentage > 0 AND r.percentage <= s.m12_largest_percentage
GROUP BY r.rate_no, r.key_no, r.percentage

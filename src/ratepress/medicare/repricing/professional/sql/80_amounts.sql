-- step: amounts
-- grain: one line that has a fee
-- key: line_no
-- Rules P26 to P31, P34, P72, P75: shares of role, package, participation, then the lower of that and charges.
WITH ranked AS (
  SELECT
    p.*,
    coalesce(s.total, t.total, p.units * p.amount) AS total,
    coalesce(s.first_side, t.first_side, p.fee) AS first_side,
    s.p20,
    s.p21,
    t.reduced_by,
    coalesce(s.gap, t.gap) AS late_gap
  FROM procedures p
  LEFT JOIN surgery s ON s.line_no = p.line_no
  LEFT JOIN tests t ON t.line_no = p.line_no
),

shared AS (
  SELECT
    *,
    cents(
      cents(cents(cents(total * role_share) * package_share) * therapy_assistant_share)
      * participation_share
    ) AS whole,
    cents(
      cents(
        cents(cents(least(first_side, total) * role_share) * package_share)
        * therapy_assistant_share
      ) * participation_share
    ) AS one_side
  FROM ranked
),

-- `second` is the other line of a pair; both are paid on the sum of their charges.
both_lines AS (
  SELECT
    a.*,
    b.charge AS second_charge,
    CASE
      WHEN a.second_line IS NOT NULL AND (a.charge IS NULL OR b.charge IS NULL) THEN a.one_side
      ELSE a.whole
    END AS basis,
    least(basis, a.charge) AS allowed
  FROM shared a
  LEFT JOIN valued b ON b.line_no = a.second_line
)

SELECT
  line_no,
  CASE WHEN late_gap IS NULL THEN CAST(allowed AS DECIMAL(14, 2)) END AS allowed,
  late_gap,
  p20,
  p21,
  reduced_by,
  CASE WHEN second_line IS NOT NULL OR is_both THEN 'P18' END AS p18,
  CASE WHEN charge < basis THEN 'P31' END AS p31
FROM both_lines
UNION ALL
SELECT
  second_line,
  CASE
    WHEN late_gap IS NULL THEN CAST(least(whole - allowed, second_charge) AS DECIMAL(14, 2))
  END,
  late_gap,
  p20,
  p21,
  reduced_by,
  'P18',
  CASE WHEN second_charge < whole - allowed THEN 'P31' END
FROM both_lines
WHERE second_line IS NOT NULL

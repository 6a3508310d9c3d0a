-- step: tests
-- grain: one procedure of multiple procedure indicator 4, 5, 6 or 7
-- key: line_no
-- Rules P22 to P25: technical and professional parts, and practice expense, ranked apart.
WITH ranked AS (
  SELECT
    *,
    sum(units) OVER (PARTITION BY together, multiple) AS n,
    row_number() OVER (
      PARTITION BY together, multiple ORDER BY technical DESC NULLS LAST, line_no
    ) = 1 AS technical_first,
    row_number() OVER (
      PARTITION BY together, multiple ORDER BY professional DESC NULLS LAST, line_no
    ) = 1 AS professional_first,
    row_number() OVER (PARTITION BY together, multiple ORDER BY pe DESC, line_no) = 1 AS pe_first
  FROM procedures
  WHERE multiple IN ('4', '5', '6', '7')
),

parts AS (
  SELECT
    r.*,
    r.technical_first OR r.technical = 0 AS technical_whole,
    r.professional_first OR r.professional = 0 OR r.multiple <> '4' AS professional_whole,
    least(r.technical, r.technical_cap) AS technical_full,
    least(
      cents(
        r.technical
        * CASE r.multiple WHEN '4' THEN s.imaging_tc WHEN '6' THEN s.cardiovascular_tc
          ELSE s.ophthalmology_tc END
      ),
      r.technical_cap
    ) AS technical_less,
    CASE WHEN r.multiple = '4' THEN cents(r.professional * s.imaging_pc) ELSE r.professional END
      AS professional_less
  FROM ranked r
  JOIN segments s ON s.segment = r.segment
),

units AS (
  SELECT
    *,
    CASE
      WHEN multiple = '5' THEN CASE WHEN pe_first THEN amount ELSE therapy_amount END
      WHEN n = 1 THEN amount
      WHEN technical IS NULL OR professional IS NULL THEN NULL
      WHEN technical_whole AND professional_whole THEN amount
      ELSE CASE WHEN technical_whole THEN technical_full ELSE technical_less END
        + CASE WHEN professional_whole THEN professional ELSE professional_less END
    END AS first_unit,
    CASE
      WHEN multiple = '5' THEN therapy_amount
      WHEN n = 1 THEN amount
      WHEN technical = 0 AND multiple <> '4' THEN amount
      ELSE technical_less + professional_less
    END AS next_unit
  FROM parts
)

SELECT
  line_no,
  first_unit + (units - 1) * next_unit AS total,
  fee AS first_side,
  CASE
    WHEN multiple = '5' AND (NOT pe_first OR units > 1) THEN 'P23'
    WHEN multiple = '5' OR n = 1 THEN NULL
    WHEN technical_whole AND professional_whole AND (units = 1 OR (technical = 0 AND multiple <> '4'))
      THEN NULL
    WHEN multiple = '4' THEN 'P22'
    WHEN multiple = '6' THEN 'P24'
    ELSE 'P25'
  END AS reduced_by,
  CASE
    WHEN first_unit IS NULL
      THEN CASE multiple WHEN '4' THEN 'P22' WHEN '6' THEN 'P24' ELSE 'P25' END
        || ': the parts 26 and TC of the code have no rows in the release'
  END AS gap
FROM units

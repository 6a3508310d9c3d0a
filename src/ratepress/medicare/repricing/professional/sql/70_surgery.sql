-- step: surgery
-- grain: one procedure of multiple procedure indicator 2 or 3
-- key: line_no
-- Rules P20 and P21: families of endoscopies first, then all ranked, the highest in full.
WITH families AS (
  SELECT DISTINCT together, family FROM procedures WHERE multiple = '3' AND base <> ''
),

-- A base code that is billed with its family belongs to it.
members AS (
  SELECT
    p.*,
    CASE WHEN p.base = '' THEN p.fee ELSE p.base_fee END AS base_of_family,
    f.family IS NOT NULL AS is_member
  FROM procedures p
  LEFT JOIN families f
    ON f.together = p.together
    AND f.family = p.family || CASE WHEN p.base = '' THEN p.code ELSE '' END
    AND p.component = ''
  WHERE p.multiple IN ('2', '3')
),

within AS (
  SELECT
    *,
    CASE
      WHEN is_member THEN family || CASE WHEN base = '' THEN code ELSE '' END
      ELSE CAST(line_no AS VARCHAR)
    END AS item,
    CASE WHEN amount > base_of_family THEN amount - base_of_family
      WHEN amount <= base_of_family THEN 0 END AS beyond_base
  FROM members
),

placed AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY together, item ORDER BY amount DESC, line_no) AS nth,
    sum(units) OVER (PARTITION BY together, item) AS n_of_item
  FROM within
),

totals AS (
  SELECT
    *,
    CASE
      WHEN NOT is_member THEN amount
      WHEN n_of_item = 1 THEN amount
      WHEN nth = 1 THEN amount + (units - 1) * beyond_base
      ELSE units * beyond_base
    END AS total
  FROM placed
),

items AS (
  SELECT
    together,
    item,
    sum(coalesce(total, amount * units)) AS ranked_by,
    min(line_no) AS first_line,
    sum(CASE WHEN is_member THEN 0 ELSE units END) + max(CASE WHEN is_member THEN 1 ELSE 0 END)
      AS n
  FROM totals
  GROUP BY together, item
),

ranks AS (
  SELECT
    together,
    item,
    n,
    coalesce(
      sum(n) OVER (
        PARTITION BY together ORDER BY ranked_by DESC, first_line
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      ),
      0
    ) AS before
  FROM items
)

SELECT
  t.line_no,
  CASE
    WHEN t.is_member AND r.before = 0 THEN t.total
    WHEN t.is_member THEN cents(t.total * s.multiple)
    WHEN r.before = 0 THEN t.amount + (t.units - 1) * cents(t.amount * s.multiple)
    ELSE t.units * cents(t.amount * s.multiple)
  END AS total,
  CASE WHEN r.before = 0 THEN t.fee ELSE cents(t.fee * s.multiple) END AS first_side,
  CASE WHEN r.before > 0 OR (NOT t.is_member AND t.units > 1) THEN 'P20' END AS p20,
  CASE WHEN t.is_member AND t.n_of_item > 1 THEN 'P21' END AS p21,
  CASE
    WHEN t.total IS NULL THEN 'P21: the base code of the family has no row in the release'
    WHEN r.before + r.n > 5 THEN 'P20: the sixth and later procedures are priced by report'
  END AS gap
FROM totals t
JOIN ranks r ON r.together = t.together AND r.item = t.item
JOIN segments s ON s.segment = t.segment

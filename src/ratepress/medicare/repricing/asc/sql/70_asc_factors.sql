-- step: asc_factors
-- grain: one ASC line with a rate
-- key: line_no
-- Rules P52 to P54 and P59: how many are paid in full, and how many by which share: the highest
-- procedure of a claim and day in full, all others at half.
WITH ranked AS (
  SELECT
    *,
    kind = 'procedure' AND is_discounted AND NOT is_discontinued AS is_ranked,
    row_number() OVER (
      PARTITION BY
        claim_id, on_date, kind = 'procedure' AND is_discounted AND NOT is_discontinued
      ORDER BY base DESC, line_no
    ) AS place
  FROM asc_bases
)

SELECT
  line_no,
  base,
  is_paired,
  CASE WHEN kind <> 'product' AND wage_index IS NOT NULL THEN wage_index * labor + (1 - labor)
    ELSE 1 END AS wage_factor,
  CASE
    WHEN kind = 'procedure' AND is_discontinued THEN 0
    WHEN NOT is_ranked THEN n
    WHEN place = 1 THEN 1
    ELSE 0
  END AS n_in_full,
  CASE
    WHEN kind = 'procedure' AND is_discontinued THEN n
    WHEN NOT is_ranked THEN 0
    WHEN place = 1 THEN n - 1
    ELSE n
  END AS n_reduced,
  CASE WHEN is_discontinued THEN discontinued ELSE multiple END AS share,
  CASE WHEN is_ranked AND (place > 1 OR n > 1) THEN 'P52' END AS p52,
  CASE WHEN kind = 'procedure' AND is_discontinued THEN 'P54' END AS p54,
  CASE WHEN device_portion IS NOT NULL AND (has_full_credit OR has_partial_credit) THEN 'P55' END
    AS p55
FROM ranked

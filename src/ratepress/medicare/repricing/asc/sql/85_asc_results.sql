-- step: asc_results
-- grain: one ASC line whose form can be read
-- key: line_no
-- Rules P15, P50 and P57: each with an amount or with its reason.
WITH surgeries AS (
  SELECT DISTINCT claim_id, on_date FROM asc_asked WHERE kind = 'procedure'
),

joined AS (
  SELECT
    l.line_no,
    l.problem,
    m.allowed,
    m.p58,
    f.p52,
    f.p54,
    f.p55,
    f.is_paired,
    s.claim_id IS NOT NULL AS has_surgery,
    a.* EXCLUDE (line_no, gap),
    CASE WHEN l.segment IS NULL THEN 'P00: ' || l.no_release ELSE a.gap END AS gap
  FROM asc_lines l
  LEFT JOIN asc_asked a ON a.line_no = l.line_no
  LEFT JOIN asc_factors f ON f.line_no = l.line_no
  LEFT JOIN asc_amounts m ON m.line_no = l.line_no
  LEFT JOIN surgeries s ON s.claim_id = l.claim_id AND s.on_date = l.on_date
)

SELECT
  line_no,
  CAST(allowed AS DECIMAL(14, 2)) AS allowed_amount,
  problem IS NOT NULL AS is_invalid,
  CASE
    WHEN problem IS NOT NULL THEN 'P15'
    WHEN allowed IS NULL THEN substr(gap, 1, 3)
    ELSE concat_ws(
      ' ',
      CASE WHEN substitute IS NOT NULL THEN 'P00' END,
      'P13 P50',
      CASE WHEN kind IN ('procedure', 'service') AND wage_index IS NOT NULL THEN 'P51' END,
      p52,
      CASE WHEN counts_both THEN 'P53' END,
      p54,
      p55,
      CASE WHEN is_paired THEN 'P56' END,
      CASE WHEN kind IN ('service', 'product') AND NOT has_surgery THEN 'P57' END,
      p58
    )
  END AS rules,
  CASE
    WHEN problem IS NOT NULL THEN problem
    WHEN allowed IS NULL THEN substr(gap, 6)
    ELSE concat_ws(
      '; ',
      CASE WHEN kind = 'packaged' THEN 'packaged: paid with the procedure' END,
      CASE WHEN kind IN ('service', 'product') AND NOT has_surgery
        THEN 'paid only with a covered procedure of the day, and the claim has none' END,
      CASE WHEN counts_both AND has_50
        THEN 'modifier 50 counts as two procedures; two lines or two units are asked for' END,
      CASE WHEN kind IN ('procedure', 'service') AND wage_index IS NULL
        THEN 'national unadjusted rate: no cbsa' END,
      CASE WHEN substitute IS NOT NULL
        THEN 'release ' || substitute || ' stands in for the one in force' END
    )
  END AS reason
FROM joined

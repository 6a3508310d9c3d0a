-- step: outpatient_results
-- grain: one outpatient line whose form can be read
-- key: line_no
-- Rules P15 and P40: each with an amount or with its reason.
WITH joined AS (
  SELECT
    l.line_no,
    l.problem,
    a.allowed,
    a.p47,
    a.p48,
    a.p49,
    t.* EXCLUDE (line_no, gap),
    CASE WHEN t.how = 'test' THEN t.tests_substitute ELSE t.substitute END AS stands_in,
    CASE
      WHEN l.segment IS NULL THEN 'P00: ' || l.no_release
      WHEN t.gap IS NULL AND a.allowed IS NULL AND t.how = 'composite'
        THEN 'P46: APC ' || t.composite_apc || ' has no rate in a list of APC rates'
      WHEN t.gap IS NULL AND a.allowed IS NULL THEN 'P44: APC 8011 has no rate in a list of APC rates'
      ELSE t.gap
    END AS gap
  FROM opps_lines l
  LEFT JOIN opps_treated t ON t.line_no = l.line_no
  LEFT JOIN opps_amounts a ON a.line_no = l.line_no
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
      CASE WHEN stands_in IS NOT NULL THEN 'P00' END,
      CASE WHEN is_by_apc THEN 'P12' ELSE 'P11' END,
      'P40',
      CASE WHEN wage_index IS NOT NULL AND how NOT IN ('product', 'test', 'packaged') THEN 'P42' END,
      CASE WHEN in_comprehensive THEN 'P43' END,
      CASE WHEN in_observation THEN 'P44' END,
      CASE WHEN kind = 'conditional' AND NOT in_comprehensive AND NOT in_observation THEN 'P45' END,
      CASE WHEN kind = 'composite' AND NOT in_comprehensive AND NOT in_observation THEN 'P46' END,
      p47,
      p48,
      p49,
      CASE WHEN how = 'test' THEN 'P82' END
    )
  END AS rules,
  CASE
    WHEN problem IS NOT NULL THEN problem
    WHEN allowed IS NULL THEN substr(gap, 6)
    ELSE concat_ws(
      '; ',
      CASE WHEN how = 'packaged' THEN 'packaged: paid with other services of the claim' END,
      CASE WHEN how = 'packaged' AND status = 'K' THEN 'unless Addendum J excludes it' END,
      CASE WHEN is_first AND n_comprehensive > 1
        THEN 'complexity adjustment not assessed: Addendum J is not loaded' END,
      CASE WHEN is_by_apc THEN 'status by APC: no Addendum B of the year is loaded' END,
      CASE WHEN how NOT IN ('product', 'test', 'packaged') AND wage_index IS NULL
        THEN 'national unadjusted rate: no cbsa' END,
      CASE WHEN stands_in IS NOT NULL
        THEN 'release ' || stands_in || ' stands in for the one in force' END
    )
  END AS reason
FROM joined

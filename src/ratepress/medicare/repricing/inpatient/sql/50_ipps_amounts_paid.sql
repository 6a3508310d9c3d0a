-- step: ipps_amounts_paid
-- grain: one stay that has an amount
-- key: stay
-- Rule P65: what quality and low volume change, and the sum.
WITH summed AS (
  SELECT
    b.*,
    o.stay IS NOT NULL AS is_assessed,
    coalesce(o.operating_outlier, 0) + coalesce(o.capital_outlier, 0) AS outlier_paid,
    b.operating_paid + b.teaching_paid + b.disproportionate_paid + b.capital_paid
    + b.capital_teaching_paid + b.capital_disproportionate_paid
    + coalesce(o.operating_outlier, 0) + coalesce(o.capital_outlier, 0) + b.care_paid AS whole,
    coalesce(cents(b.hrr_factor * b.operating_paid - b.operating_paid), 0) AS readmissions,
    coalesce(cents(b.vbp_factor * b.operating_paid - b.operating_paid), 0) AS value_based
  FROM ipps_base b
  LEFT JOIN ipps_outliers o ON o.stay = b.stay
),

totals AS (
  SELECT
    *,
    cents(whole * coalesce(low_volume, 0)) AS low_volume_paid,
    whole + low_volume_paid + readmissions + value_based AS total
  FROM summed
)

SELECT
  stay,
  CAST(total - CASE WHEN is_reduced THEN cents(total * hac_share) ELSE 0 END AS DECIMAL(14, 2))
    AS allowed,
  concat_ws(
    ' ',
    CASE WHEN index_found IS NOT NULL THEN 'P60' END,
    'P61 P62',
    CASE WHEN has_record THEN 'P63' END,
    CASE WHEN outlier_paid > 0 THEN 'P64' END,
    CASE WHEN hrr_factor IS NOT NULL OR vbp_factor IS NOT NULL OR is_reduced OR low_volume > 0
      THEN 'P65' END,
    'P66'
  ) AS rules,
  concat_ws(
    '; ',
    CASE WHEN index_found IS NULL
      THEN concat_ws(': ', 'national amount', coalesce(index_gap, 'no hospital and no area')) END,
    CASE WHEN NOT has_record
      THEN 'no record of the hospital: additions, outlier and reductions not assessed' END,
    CASE WHEN has_record AND NOT is_assessed
      THEN 'outlier not assessed: a charge, a ratio or the threshold is missing' END,
    CASE WHEN has_own_rate THEN 'the rate of the hospital''s own is not assessed' END,
    CASE WHEN is_post_acute THEN 'a transfer to post-acute care would be paid by the day' END
  ) AS reason
FROM totals

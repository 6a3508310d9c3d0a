-- step: ipps_outliers
-- grain: one stay whose charges and cost-to-charge ratios are known
-- key: stay
-- Rule P64: cost above the payment and the fixed loss, operating and capital apart.
WITH thresholds AS (
  SELECT
    stay,
    CASE WHEN is_burn THEN burn_outlier_share ELSE outlier_share END AS share,
    is_new,
    CAST(
      operating * (1 + teaching) + operating * disproportionate * dsh_part
      + CAST(
        (
          fixed_loss * CASE WHEN wage_index <= 1 THEN low_labor_share ELSE labor_share END
          * wage_index
          + fixed_loss * (1 - CASE WHEN wage_index <= 1 THEN low_labor_share ELSE labor_share END)
          * cola
        ) * operating_part AS DECIMAL(28, 9)
      ) + care_paid AS DECIMAL(28, 9)
    ) AS operating_threshold,
    CASE
      WHEN is_new THEN 0
      ELSE CAST(
        capital * (1 + capital_teaching + capital_disproportionate)
        + CAST(fixed_loss * gaf * capital_part * capital_cola AS DECIMAL(28, 9)) AS DECIMAL(28, 9)
      )
    END AS capital_threshold,
    CAST(charges * operating_ccr AS DECIMAL(28, 9)) AS operating_cost,
    CAST(charges * capital_ccr AS DECIMAL(28, 9)) AS capital_cost
  FROM ipps_base
  WHERE has_record AND charges IS NOT NULL AND fixed_loss IS NOT NULL AND labor_share IS NOT NULL
    AND operating_ccr + capital_ccr > 0
)

SELECT
  stay,
  CASE
    WHEN operating_cost + capital_cost < operating_threshold + capital_threshold
      OR operating_cost <= operating_threshold
      THEN 0
    ELSE cents(CAST((operating_cost - operating_threshold) * share AS DECIMAL(28, 9)))
  END AS operating_outlier,
  CASE
    WHEN is_new OR operating_cost + capital_cost < operating_threshold + capital_threshold
      OR capital_cost <= capital_threshold
      THEN 0
    ELSE cents(CAST((capital_cost - capital_threshold) * share AS DECIMAL(28, 9)))
  END AS capital_outlier
FROM thresholds

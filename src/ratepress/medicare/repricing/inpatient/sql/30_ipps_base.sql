-- step: ipps_base
-- grain: one stay that has an amount
-- key: stay
-- Rules P61 to P63: operating and capital federal parts with nine decimals, and what is added.
WITH parts AS (
  SELECT
    *,
    CAST(
      (labor * wage_index + nonlabor * cola) * weight AS DECIMAL(28, 9)
    ) AS operating,
    CAST(
      weight * cents(capital_rate * gaf) * coalesce(capital_cola, 1) AS DECIMAL(28, 9)
    ) AS capital
  FROM ipps_stays
  WHERE gap IS NULL
)

SELECT
  *,
  cents(operating) AS operating_paid,
  cents(cents(operating) * coalesce(teaching, 0)) AS teaching_paid,
  cents(cents(operating) * coalesce(disproportionate, 0) * dsh_part) AS disproportionate_paid,
  CASE WHEN is_new THEN 0 ELSE cents(capital) END AS capital_paid,
  CASE WHEN is_new THEN 0 ELSE cents(cents(capital) * coalesce(capital_teaching, 0)) END
    AS capital_teaching_paid,
  CASE WHEN is_new THEN 0 ELSE cents(cents(capital) * coalesce(capital_disproportionate, 0)) END
    AS capital_disproportionate_paid,
  coalesce(uncompensated_care, 0) AS care_paid
FROM parts

-- step: ipps_lines
-- grain: one inpatient line whose form can be read
-- key: line_no
-- Rules P15 and P66. Lines of one claim, hospital and area are one stay; `stay` is its first line.
WITH lines AS (
  SELECT
    line_no,
    claim_id,
    ccn,
    cbsa,
    on_date,
    charge,
    CASE WHEN regexp_full_match(drg, '\d{1,3}') THEN lpad(drg, 3, '0') ELSE drg END AS drg
  FROM forms
  WHERE claim_type = 'inpatient' AND problem IS NULL
),

judged AS (
  SELECT
    *,
    CASE
      WHEN drg <> '' AND NOT regexp_full_match(drg, '\d{3}')
        THEN 'drg is no MS-DRG of three digits'
      WHEN ccn <> '' AND NOT regexp_full_match(ccn, '\d{2}[0-9A-Z]{4}')
        THEN 'ccn has not six letters or digits'
      WHEN cbsa <> '' AND NOT regexp_full_match(cbsa, '\d{2}|\d{5}')
        THEN 'cbsa has neither two nor five digits'
    END AS problem
  FROM lines
),

stays AS (
  SELECT
    *,
    min(line_no) OVER w AS stay,
    max(on_date) OVER w AS discharged_on,
    CASE WHEN bool_and(charge IS NOT NULL) OVER w THEN sum(charge) OVER w END AS charges,
    max(drg) OVER w AS stay_drg,
    min(nullif(drg, '')) OVER w AS other_drg
  FROM judged
  WHERE problem IS NULL
  WINDOW w AS (PARTITION BY claim_id, ccn, cbsa)
)

SELECT
  * EXCLUDE (problem, charges, other_drg),
  CASE WHEN charges < 10000000000 THEN CAST(charges AS DECIMAL(20, 2)) END AS charges,
  CASE
    WHEN stay_drg = '' THEN 'drg is empty'
    WHEN other_drg <> stay_drg THEN 'the lines of the stay name several MS-DRGs'
    WHEN charges >= 10000000000 THEN 'the charges of the stay are 10,000,000,000 or more'
  END AS problem
FROM stays
UNION ALL BY NAME
SELECT * FROM judged WHERE problem IS NOT NULL

-- step: checked_lines
-- grain: one line of the file
-- key: line_no
-- Rule C62. `day` numbers what counts together: patient, day and npi, else claim and day (P19).
WITH read AS (
  SELECT
    f.line_no,
    f.claim_type,
    f.on_date,
    f.code,
    f.units,
    f.pos,
    f.patient,
    f.npi,
    m.mark,
    CASE f.claim_type WHEN 'outpatient' THEN 'outpatient' WHEN 'inpatient' THEN '' ELSE 'practitioner'
    END AS setting,
    coalesce(f.problem, CASE WHEN a.is_invalid THEN a.reason END) AS problem,
    concat_ws(
      chr(31),
      CASE f.claim_type WHEN 'outpatient' THEN 'outpatient' ELSE 'practitioner' END,
      CASE WHEN f.patient <> '' THEN 'patient ' || f.patient ELSE 'claim ' || f.claim_id END,
      CASE
        WHEN f.patient = '' THEN ''
        WHEN f.npi <> '' THEN 'npi ' || f.npi
        ELSE 'claim ' || f.claim_id
      END,
      CAST(f.on_date AS VARCHAR)
    ) AS together
  FROM forms f
  JOIN marks m ON m.text = f.modifiers
  JOIN amounts a ON a.line_no = f.line_no
),

days AS (
  SELECT together, row_number() OVER () AS day
  FROM (SELECT DISTINCT together FROM read WHERE problem IS NULL AND setting <> '')
)

SELECT
  r.* EXCLUDE (together),
  CASE WHEN r.problem IS NULL THEN d.day END AS day,
  n.pfs,
  n.ptp_practitioner,
  n.ptp_outpatient,
  n.mue_practitioner,
  n.mue_outpatient,
  n.add_ons
FROM read r
LEFT JOIN days d ON d.together = r.together
LEFT JOIN day_releases n ON n.on_date = r.on_date

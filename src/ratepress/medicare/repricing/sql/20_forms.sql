-- step: forms
-- grain: one line of the file
-- key: line_no
-- Rule P15: the form that all types of claim share. `problem` is the first thing wrong with it.
WITH plain AS (
  SELECT
    line_no,
    coalesce(nullif(lower(trim(claim_type)), ''), 'professional') AS claim_type,
    trim(coalesce(claim_id, '')) AS claim_id,
    CASE
      WHEN regexp_full_match(trim(date), '\d{4}-\d{2}-\d{2}') THEN try_cast(trim(date) AS DATE)
    END AS on_date,
    upper(trim(coalesce(code, ''))) AS code,
    coalesce(modifiers, '') AS modifiers,
    CASE
      WHEN regexp_full_match(trim(units), '\d{1,4}(\.0{1,4})?')
        THEN CAST(split_part(trim(units), '.', 1) AS INTEGER)
    END AS units,
    -- `lpad` would cut what is longer: 110 is no 11.
    CASE
      WHEN length(trim(coalesce(pos, ''))) > 2 THEN trim(pos)
      ELSE lpad(trim(coalesce(pos, '')), 2, '0')
    END AS pos,
    lower(trim(coalesce(locality, ''))) AS locality,
    trim(coalesce(zip, '')) AS zip,
    trim(coalesce(cbsa, '')) AS cbsa,
    trim(coalesce(ccn, '')) AS ccn,
    trim(coalesce(drg, '')) AS drg,
    trim(coalesce(patient, '')) AS patient,
    trim(coalesce(npi, '')) AS npi,
    upper(trim(coalesce(provider_type, ''))) AS provider_type,
    trim(coalesce(minutes, '')) AS minutes,
    upper(trim(coalesce(diagnoses, ''))) AS diagnoses,
    trim(coalesce(charge, '')) AS charge,
    lower(trim(coalesce(qp, ''))) AS qp,
    lower(trim(coalesce(participating, ''))) AS participating,
    csv_problem
  FROM raw_lines
)

SELECT
  p.* EXCLUDE (charge, qp, participating, csv_problem),
  p.qp IN ('1', 'y', 'yes', 'true') AS is_qp,
  p.participating IN ('0', 'n', 'no', 'false') AS is_nonparticipating,
  CASE
    WHEN regexp_full_match(p.charge, '\d{1,9}(\.\d{1,2})?') THEN CAST(p.charge AS DECIMAL(14, 2))
  END AS charge,
  CASE
    WHEN p.csv_problem IS NOT NULL THEN p.csv_problem
    WHEN p.claim_type NOT IN ('professional', 'outpatient', 'asc', 'inpatient')
      THEN 'claim_type is none: ' || p.claim_type
    WHEN p.claim_id = '' THEN 'claim_id is empty'
    WHEN p.on_date IS NULL THEN 'date is no year-month-day'
    WHEN p.claim_type <> 'inpatient' AND NOT regexp_full_match(p.code, '[A-Z0-9]{5}')
      THEN 'code has not five letters or digits'
    WHEN p.units IS NULL OR p.units = 0 THEN 'units is no whole number from 1 to 9999'
    WHEN p.charge <> '' AND NOT regexp_full_match(p.charge, '\d{1,9}(\.\d{1,2})?')
      THEN 'charge is no amount in dollars and cents'
    WHEN p.qp NOT IN ('', '1', 'y', 'yes', 'true', '0', 'n', 'no', 'false')
      THEN 'qp is neither yes nor no'
    WHEN p.participating NOT IN ('', '1', 'y', 'yes', 'true', '0', 'n', 'no', 'false')
      THEN 'participating is neither yes nor no'
    ELSE m.problem
  END AS problem
FROM plain p
JOIN modifier_texts m ON m.text = p.modifiers

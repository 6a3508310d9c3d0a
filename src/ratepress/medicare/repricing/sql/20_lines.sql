-- step: lines
-- grain: one line of the file
-- key: line_no
-- Rules P15 and P16: the form of a line. `problem` is the first thing wrong with it.
WITH plain AS (
  SELECT
    line_no,
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
    lpad(trim(coalesce(pos, '')), 2, '0') AS pos,
    coalesce(nullif(lower(trim(locality)), ''), 'national') AS locality,
    trim(coalesce(zip, '')) <> '' AND trim(coalesce(locality, '')) = '' AS has_zip_only,
    coalesce(nullif(lower(trim(claim_type)), ''), 'professional') AS claim_type,
    trim(coalesce(patient, '')) AS patient,
    trim(coalesce(npi, '')) AS npi,
    upper(trim(coalesce(provider_type, ''))) IN ('NP', 'PA', 'CNS') AS is_practitioner,
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
  m.component,
  m.is_both,
  m.side,
  m.role,
  m.gap AS modifier_gap,
  s.site,
  CASE
    WHEN p.csv_problem IS NOT NULL THEN p.csv_problem
    WHEN p.claim_type NOT IN ('professional', 'outpatient', 'asc', 'inpatient')
      THEN 'claim_type is none: ' || p.claim_type
    WHEN p.claim_type <> 'professional' THEN NULL
    WHEN p.claim_id = '' THEN 'claim_id is empty'
    WHEN p.on_date IS NULL THEN 'date is no year-month-day'
    WHEN NOT regexp_full_match(p.code, '[A-Z0-9]{5}') THEN 'code has not five letters or digits'
    WHEN p.units IS NULL OR p.units = 0 THEN 'units is no whole number from 1 to 9999'
    WHEN s.pos IS NULL THEN 'pos is no place of service that Medicare has a rate for'
    WHEN s.since > p.on_date THEN 'pos has no rate on the date'
    WHEN NOT regexp_full_match(p.locality, 'national|\d{5}-\d{2}')
      THEN 'locality is not MAC and locality, as in 10112-00'
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
LEFT JOIN sites s ON s.pos = p.pos

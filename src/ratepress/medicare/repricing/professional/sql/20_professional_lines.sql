-- step: professional_lines
-- grain: one professional line whose form can be read
-- key: line_no
-- Rules P15 and P74: what a professional line states besides, and the locality of its ZIP code.
-- `problem` is the first thing wrong with it.
SELECT
  f.line_no,
  f.claim_id,
  f.on_date,
  f.code,
  f.units,
  f.charge,
  f.patient,
  f.npi,
  f.is_qp,
  f.is_nonparticipating,
  f.provider_type IN ('NP', 'PA', 'CNS') AS is_practitioner,
  CASE
    WHEN f.locality <> '' THEN f.locality
    WHEN f.zip = '' THEN 'national'
    WHEN z.has_plus_four = '1' THEN ''
    ELSE coalesce(z.mac || '-' || z.locality, '')
  END AS locality,
  CASE
    WHEN f.locality <> '' OR f.zip = '' THEN NULL
    WHEN y.content_id IS NULL
      THEN 'P74: no ZIP code to locality file of ' || y.wanted || ' or before is loaded'
    WHEN z.zip_code IS NULL
      THEN 'P74: there is no ZIP code ' || substr(f.zip, 1, 5) || ' in the file ' || y.release
    WHEN z.has_plus_four = '1'
      THEN 'P74: ZIP code ' || substr(f.zip, 1, 5)
      || ' lies in several localities: the last four digits decide'
  END AS zip_gap,
  f.locality = '' AND f.zip <> '' AS is_by_zip,
  f.locality = '' AND f.zip <> '' AND y.is_substituted AS is_old_zip,
  CASE WHEN f.minutes <> '' THEN try_cast(f.minutes AS INTEGER) END AS minutes,
  m.component,
  m.is_both,
  m.side,
  m.role,
  m.package,
  m.therapy_assistant,
  m.equipment,
  m.performers,
  m.gap AS modifier_gap,
  s.site,
  CASE
    WHEN s.pos IS NULL THEN 'pos is no place of service that Medicare has a rate for'
    WHEN s.since > f.on_date THEN 'pos has no rate on the date'
    WHEN NOT regexp_full_match(f.locality, 'national|\d{5}-\d{2}|')
      THEN 'locality is not MAC and locality, as in 10112-00'
    WHEN NOT regexp_full_match(f.zip, '(\d{5}(-?\d{4})?)?')
      THEN 'zip is no ZIP code of five or nine digits'
    WHEN NOT regexp_full_match(f.minutes, '([1-9]\d{0,3})?')
      THEN 'minutes is no whole number from 1 to 9999'
    ELSE m.problem
  END AS problem
FROM forms f
JOIN modifier_roles m ON m.text = f.modifiers
LEFT JOIN sites s ON s.pos = f.pos
LEFT JOIN zip_days y ON y.on_date = f.on_date
LEFT JOIN zips z ON z.content_id = y.content_id AND z.zip_code = substr(f.zip, 1, 5)
WHERE f.problem IS NULL AND f.claim_type = 'professional'

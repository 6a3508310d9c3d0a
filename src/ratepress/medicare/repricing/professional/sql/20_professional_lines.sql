-- step: professional_lines
-- grain: one professional line whose form can be read
-- key: line_no
-- Rule P15: what a professional line states besides. `problem` is the first thing wrong with it.
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
  coalesce(nullif(f.locality, ''), 'national') AS locality,
  f.zip <> '' AND f.locality = '' AS has_zip_only,
  m.component,
  m.is_both,
  m.side,
  m.role,
  m.gap AS modifier_gap,
  s.site,
  CASE
    WHEN s.pos IS NULL THEN 'pos is no place of service that Medicare has a rate for'
    WHEN s.since > f.on_date THEN 'pos has no rate on the date'
    WHEN NOT regexp_full_match(f.locality, 'national|\d{5}-\d{2}|')
      THEN 'locality is not MAC and locality, as in 10112-00'
    ELSE m.problem
  END AS problem
FROM forms f
JOIN modifier_roles m ON m.text = f.modifiers
LEFT JOIN sites s ON s.pos = f.pos
WHERE f.problem IS NULL AND f.claim_type = 'professional'

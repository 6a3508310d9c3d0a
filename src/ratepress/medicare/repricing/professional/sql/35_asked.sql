-- step: asked
-- grain: one professional line that can be read
-- key: line_no
-- Rule P19: lines count together by patient, day and npi, else by claim and day; roles apart.
SELECT
  l.*,
  d.segment,
  concat_ws(
    chr(31),
    CASE WHEN l.patient <> '' THEN 'patient' ELSE 'claim' END,
    CASE WHEN l.patient <> '' THEN l.patient ELSE l.claim_id END,
    CASE
      WHEN l.patient = '' THEN ''
      WHEN l.npi <> '' THEN 'npi ' || l.npi
      ELSE 'claim ' || l.claim_id
    END,
    CAST(l.on_date AS VARCHAR),
    l.role
  ) AS together,
  CASE
    WHEN d.segment IS NULL THEN 'P00: ' || d.problem
    WHEN l.zip_gap IS NOT NULL THEN l.zip_gap
    WHEN g.locality IS NULL THEN 'P08: no geographic indices are loaded for the locality and year'
    ELSE l.modifier_gap
  END AS early_gap
FROM professional_lines l
LEFT JOIN days d ON d.on_date = l.on_date AND d.is_qp = l.is_qp
LEFT JOIN localities g ON g.segment = d.segment AND g.locality = l.locality
WHERE l.problem IS NULL

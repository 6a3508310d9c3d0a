-- step: in_package
-- grain: one visit or procedure that lies in the global package of an operation
-- key: line_no, case_id
-- Rules C80 to C82: the same patient and practitioner, professional lines. Of several, the first.
WITH acting AS (
  SELECT
    l.line_no,
    l.code,
    l.on_date,
    l.patient,
    l.npi,
    l.is_visit,
    l.global_days,
    l.pfs,
    m.has_24,
    m.has_25,
    m.has_57,
    m.is_explained,
    l.global_days IN ('000', '010', '090')
    AND NOT l.is_visit
    AND NOT l.is_assistant
    AND NOT m.is_other_care AS is_operation
  FROM standing l
  JOIN marks m ON m.mark = l.mark
  WHERE l.claim_type = 'professional' AND l.patient <> ''
),

operations AS (
  SELECT
    patient,
    npi,
    on_date AS done_on,
    global_days AS package,
    min(line_no) AS other,
    arg_min(code, line_no) AS operation
  FROM acting
  WHERE is_operation
  GROUP BY ALL
),

long_ones AS (SELECT * FROM operations WHERE package = '090'),

short_ones AS (SELECT * FROM operations WHERE package = '010'),

later AS (
  SELECT a.*, o.package, o.other, o.operation
  FROM acting a
  ASOF JOIN long_ones o
    ON a.patient = o.patient AND a.npi = o.npi AND a.on_date > o.done_on
  WHERE a.on_date - o.done_on <= 90
  UNION ALL
  SELECT a.*, o.package, o.other, o.operation
  FROM acting a
  ASOF JOIN short_ones o
    ON a.patient = o.patient AND a.npi = o.npi AND a.on_date > o.done_on
  WHERE a.on_date - o.done_on <= 10
),

found AS (
  SELECT a.line_no, a.code, 'global-day' AS case_id, o.other, o.operation, o.package, a.npi, a.pfs
  FROM acting a
  JOIN operations o ON o.patient = a.patient AND o.npi = a.npi AND o.done_on = a.on_date
  WHERE a.is_visit AND o.package <> '090' AND NOT a.has_25

  UNION ALL
  SELECT
    a.line_no,
    a.code,
    CASE WHEN a.has_25 THEN 'global-decision-25' ELSE 'global-decision' END,
    o.other,
    o.operation,
    o.package,
    a.npi,
    a.pfs
  FROM acting a
  JOIN long_ones o
    ON o.patient = a.patient AND o.npi = a.npi AND o.done_on IN (a.on_date, a.on_date + 1)
  WHERE a.is_visit AND NOT a.has_57

  UNION ALL
  SELECT line_no, code, 'global-after', other, operation, package, npi, pfs
  FROM later
  WHERE is_visit AND NOT has_24

  UNION ALL
  SELECT line_no, code, 'global-procedure', other, operation, package, npi, pfs
  FROM later
  WHERE is_operation AND NOT is_explained
)

SELECT
  line_no, code, case_id, other, operation AS x, package AS y, npi = '' AS is_soft, pfs AS release
FROM found
QUALIFY row_number() OVER (PARTITION BY line_no, case_id ORDER BY other) = 1

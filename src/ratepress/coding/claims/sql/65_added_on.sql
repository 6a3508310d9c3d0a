-- step: added_on
-- grain: one line of an add-on code without a listed primary in its day
-- key: line_no
-- Rules C73 and C74.
WITH links AS (
  SELECT
    d.day,
    d.code,
    a.add_ons AS release,
    bool_or(a.edit_type IN ('2', '3')) AS by_contractor,
    bool_or(p.code IS NOT NULL) AS has_primary,
    list_sort(list_distinct(list(a.primary_code) FILTER (a.primary_code <> 'CCCCC')))[1:3] AS listed
  FROM code_days d
  JOIN check_add_ons a
    ON a.add_ons = d.add_ons
    AND a.add_on_code = d.code
    AND (a.edit_from IS NULL OR a.edit_from <= d.on_date)
    AND (a.edit_until IS NULL OR a.edit_until >= d.on_date)
    AND (a.add_on_until IS NULL OR a.add_on_until >= d.on_date)
    AND (a.primary_until IS NULL OR a.primary_until >= d.on_date)
  LEFT JOIN code_days p ON p.day = d.day AND p.code = a.primary_code
  GROUP BY d.day, d.code, a.add_ons
),

-- The first line of each day that is no add-on code.
others AS (
  SELECT d.day, min(d.first_line) AS other
  FROM code_days d
  SEMI JOIN links s ON s.day = d.day AND s.by_contractor AND NOT s.has_primary
  ANTI JOIN links k ON k.day = d.day AND k.code = d.code
  GROUP BY d.day
)

SELECT
  l.line_no,
  l.code,
  CASE WHEN k.by_contractor AND o.other IS NOT NULL THEN 'add-on-contractor' ELSE 'add-on-alone'
  END AS case_id,
  CASE WHEN k.by_contractor THEN o.other END AS other,
  CASE WHEN len(k.listed) > 0 THEN array_to_string(k.listed, ', ')
    ELSE 'one that the contractor takes' END AS x,
  k.release
FROM standing l
JOIN links k ON k.day = l.day AND k.code = l.code
LEFT JOIN others o ON o.day = l.day
WHERE NOT k.has_primary

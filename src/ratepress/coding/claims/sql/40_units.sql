-- step: units
-- grain: one line whose units, or those of its code and day, are over the limit
-- key: line_no
-- Rules C61 and C68 to C70. A whole service counts for both its parts; assistants count apart.
WITH limited AS (
  SELECT
    l.line_no,
    l.day,
    l.code,
    l.is_assistant,
    l.units,
    l.part,
    l.mue,
    u.units AS most,
    u.adjudication_indicator AS by_what
  FROM standing l
  JOIN check_mue u ON u.release = l.mue AND u.code = l.code
),

counted AS (
  SELECT
    *,
    CASE WHEN part <> 'TC' THEN sum(CASE WHEN part <> 'TC' THEN units END) OVER whole ELSE 0 END
    AS professional,
    CASE WHEN part <> '26' THEN sum(CASE WHEN part <> '26' THEN units END) OVER whole ELSE 0 END
    AS technical,
    CASE WHEN part <> 'TC' THEN sum(CASE WHEN part <> 'TC' THEN units END) OVER so_far ELSE 0 END
    AS professional_so_far,
    CASE WHEN part <> '26' THEN sum(CASE WHEN part <> '26' THEN units END) OVER so_far ELSE 0 END
    AS technical_so_far
  FROM limited
  WHERE by_what <> '1'
  WINDOW
    whole AS (PARTITION BY day, code, is_assistant),
    so_far AS (PARTITION BY day, code, is_assistant ORDER BY line_no ROWS UNBOUNDED PRECEDING)
),

over AS (
  SELECT
    *,
    greatest(professional, technical) AS total,
    greatest(professional_so_far, technical_so_far) > most AS is_over
  FROM counted
  WHERE greatest(professional, technical) > most
)

SELECT
  line_no,
  code,
  'units-line' AS case_id,
  NULL AS other,
  CAST(units AS VARCHAR) AS x,
  CAST(most AS VARCHAR) AS y,
  mue AS release
FROM limited
WHERE by_what = '1' AND units > most

UNION ALL
SELECT
  line_no,
  code,
  CASE by_what WHEN '2' THEN 'units-policy' ELSE 'units-clinical' END
  || CASE WHEN is_over THEN '' ELSE '-day' END,
  CASE WHEN NOT is_over THEN min(CASE WHEN is_over THEN line_no END) OVER same END,
  CAST(total AS VARCHAR),
  CAST(most AS VARCHAR),
  mue
FROM over
WINDOW same AS (PARTITION BY day, code, is_assistant)

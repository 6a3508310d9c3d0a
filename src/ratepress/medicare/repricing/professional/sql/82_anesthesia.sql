-- step: anesthesia
-- grain: one line of anesthesia
-- key: line_no
-- Rules P35 to P37: base and time units by the factor of the locality, and who performed it.
WITH lines AS (
  SELECT
    a.line_no,
    a.together,
    a.segment,
    a.minutes,
    a.charge,
    a.code,
    a.is_nonparticipating,
    a.performers[1] AS performer,
    u.base_units,
    x.factor,
    s.direction,
    s.supervision_units,
    s.nonparticipating,
    CASE
      WHEN len(a.performers) = 0
        THEN 'P36: none of AA, AD, QK, QX, QY and QZ says who performed the anesthesia'
      WHEN len(a.performers) > 1
        THEN 'P36: modifiers ' || a.performers[1] || ' and ' || a.performers[2]
        || ' contradict each other'
      WHEN a.component <> '' OR a.is_both OR a.side <> '' OR a.role <> '' OR a.package <> ''
        OR a.therapy_assistant <> '' OR a.equipment <> ''
        THEN 'P36: anesthesia takes no modifier of parts, sides or roles'
      WHEN s.units_content IS NULL
        THEN 'P35: no anesthesia base units of ' || year(a.on_date) || ' are loaded'
      WHEN u.code IS NULL THEN 'P35: ' || a.code || ' has no base units in the release'
      WHEN a.locality <> 'national' AND s.has_own_factor
        THEN 'P35: the factors of qualifying participants by locality are not loaded'
      WHEN a.locality <> 'national' AND s.factors_content IS NULL
        THEN 'P35: no anesthesia conversion factors of ' || year(a.on_date) || ' are loaded'
      WHEN x.factor IS NULL THEN 'P35: the locality has no anesthesia conversion factor'
      WHEN a.minutes IS NULL AND a.performers[1] <> 'AD' AND a.code <> '01953'
        THEN 'P35: minutes are missing'
    END AS gap,
    s.is_substituted OR s.is_old_units
    OR (a.locality <> 'national' AND s.is_old_factors) OR a.is_old_zip AS is_substituted,
    a.is_by_zip
  FROM asked a
  JOIN segments s ON s.segment = a.segment
  JOIN fees f
    ON f.segment = a.segment AND f.locality = a.locality AND f.site = a.site
    AND f.code = a.code AND f.component = '' AND f.status = 'J'
  LEFT JOIN anesthesia_units u ON u.segment = a.segment AND u.code = a.code
  LEFT JOIN anesthesia_factors x ON x.segment = a.segment AND x.locality = a.locality
  WHERE a.early_gap IS NULL
),

ranked AS (
  SELECT
    *,
    code NOT IN ('01953', '01968', '01969') AND row_number() OVER (
      PARTITION BY together, performer, gap IS NULL, code IN ('01953', '01968', '01969')
      ORDER BY base_units DESC, line_no
    ) > 1 AS is_second
  FROM lines
),

counted AS (
  SELECT
    *,
    CASE
      WHEN performer = 'AD' AND is_second THEN 0
      WHEN performer = 'AD' THEN supervision_units
      WHEN is_second THEN 0
      ELSE base_units
    END
    + CASE
      WHEN performer = 'AD' OR code = '01953' THEN 0
      ELSE CAST((4 * minutes + 3) // 6 AS DECIMAL(10, 0)) * CAST(0.1 AS DECIMAL(2, 1))
    END AS units
  FROM ranked
),

paid AS (
  SELECT
    *,
    cents(units * factor) AS fee,
    CASE WHEN performer IN ('QK', 'QX', 'QY') THEN cents(fee * direction) ELSE fee END AS shared,
    CASE WHEN is_nonparticipating THEN cents(shared * nonparticipating) ELSE shared END AS amount
  FROM counted
)

SELECT
  line_no,
  gap,
  CASE WHEN gap IS NULL THEN CAST(least(amount, charge) AS DECIMAL(14, 2)) END AS allowed,
  concat_ws(
    ' ',
    CASE WHEN is_substituted THEN 'P00' END,
    CASE WHEN is_nonparticipating THEN 'P30' END,
    CASE WHEN charge < amount THEN 'P31' END,
    'P35 P36',
    CASE WHEN is_second THEN 'P37' END,
    CASE WHEN is_by_zip THEN 'P74' END
  ) AS rules
FROM paid

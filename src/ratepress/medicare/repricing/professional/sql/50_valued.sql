-- step: valued
-- grain: one professional line that can be read
-- key: line_no
-- Rules P03 to P05, P18, P26 to P28, P72, P75, P90: the row of the line, its fee, or the gap.
WITH joined AS (
  SELECT
    a.line_no,
    a.segment,
    a.together,
    a.code,
    a.component,
    a.units,
    a.charge,
    a.patient,
    a.is_practitioner,
    a.is_nonparticipating,
    a.is_both,
    a.role,
    a.side,
    a.package,
    a.therapy_assistant,
    a.equipment,
    concat_ws('|', a.site, a.locality, a.code, a.component) AS same_row,
    concat_ws('|', a.site, a.locality, f.base) AS family,
    f.multiple,
    f.bilateral,
    f.base,
    f.fee AS whole_fee,
    CASE a.equipment WHEN 'FX' THEN 1 - s.film WHEN 'FY' THEN 1 - s.computed_radiography
      WHEN 'CT' THEN 1 - s.ct_equipment ELSE 0 END AS equipment_off,
    CASE WHEN a.component = 'TC' OR f.pctc = '3' THEN f.fee ELSE t.fee END AS equipment_fee,
    f.cap IS NOT NULL AND f.cap < f.own_fee AS is_capped,
    f.therapy_fee,
    f.pe,
    b.fee AS base_fee,
    CASE
      WHEN a.component = '26' OR f.pctc = '2' THEN 0
      WHEN a.component = 'TC' OR f.pctc = '3' THEN f.own_fee
      ELSE t.own_fee
    END AS whole_technical,
    CASE
      WHEN a.component = '26' OR f.pctc = '2' THEN NULL
      WHEN a.component = 'TC' OR f.pctc = '3' THEN f.cap
      ELSE t.cap
    END AS whole_technical_cap,
    CASE
      WHEN a.component = '26' OR f.pctc = '2' THEN f.fee
      WHEN a.component = 'TC' OR f.pctc = '3' THEN 0
      ELSE p.fee
    END AS professional,
    CASE
      WHEN a.is_both AND f.bilateral = '1' THEN s.bilateral
      WHEN a.is_both AND f.bilateral = '3' THEN 2
      ELSE 1
    END AS sides,
    CASE a.role
      WHEN 'AS' THEN s.assistant * s.practitioner
      WHEN 'assistant' THEN s.assistant * CASE WHEN a.is_practitioner THEN s.practitioner ELSE 1 END
      WHEN 'co-surgeon'
        THEN s.co_surgeon * CASE WHEN a.is_practitioner THEN s.practitioner ELSE 1 END
      ELSE CASE WHEN a.is_practitioner THEN s.practitioner ELSE 1 END
    END AS role_share,
    CASE
      WHEN a.package = '' OR (
        a.package = '78' AND f.before + f.during + f.after = 0 AND f.global_days = '000'
      ) THEN 1
      WHEN a.package = '54' THEN f.before + f.during
      WHEN a.package = '55' THEN f.after
      WHEN a.package = '56' THEN f.before
      ELSE f.during
    END AS package_share,
    CASE WHEN a.therapy_assistant <> '' THEN s.therapy_assistant ELSE 1 END
      AS therapy_assistant_share,
    CASE WHEN a.is_nonparticipating THEN s.nonparticipating ELSE 1 END AS participation_share,
    CASE
      WHEN a.role IN ('AS', 'assistant') AND f.assistant = '0'
        THEN 'P26: paid only where documents show that an assistant was needed'
      WHEN a.role = 'co-surgeon' AND f.co_surgeon = '1'
        THEN 'P27: paid only where documents show that two surgeons were needed'
      WHEN a.role = 'co-surgeon' THEN 'P27: paid where the two surgeons have different specialties'
      WHEN f.status = 'R' THEN 'P03: paid only under special coverage instructions'
      WHEN f.status = 'T' THEN 'P03: paid only where nothing else is paid that day'
    END AS condition,
    CASE
      WHEN a.early_gap IS NOT NULL THEN a.early_gap
      WHEN f.code IS NULL AND a.component = '53'
        THEN 'P17: modifier 53 has an amount of its own for a few codes only; the contractor prices it'
      WHEN f.code IS NULL AND a.component <> ''
        THEN 'P05: the code is not in the release with modifier ' || a.component
      WHEN f.code IS NULL THEN 'P03: the code is not in the release by itself'
      WHEN f.status = 'J' THEN 'P33: anesthesia'
      WHEN f.status NOT IN ('A', 'R', 'T') THEN 'P03: status ' || f.status || ' is not priced'
      WHEN len(a.performers) > 0
        THEN 'P36: modifier ' || a.performers[1] || ' is for anesthesia, and ' || a.code || ' is none'
      WHEN f.is_na THEN 'P04: not priced in the setting (NA indicator)'
      WHEN NOT f.has_values THEN 'P03: no relative values: the contractor prices it'
      WHEN a.is_both AND f.bilateral NOT IN ('0', '1', '2', '3')
        THEN 'P18: bilateral indicator ' || f.bilateral || ': both sides do not apply'
      WHEN a.role IN ('AS', 'assistant') AND f.assistant NOT IN ('0', '2')
        THEN 'P26: assistant indicator ' || f.assistant || ': no assistant is paid'
      WHEN a.role = 'co-surgeon' AND f.co_surgeon NOT IN ('1', '2')
        THEN 'P27: co-surgeon indicator ' || f.co_surgeon || ': no co-surgeons are paid'
      WHEN a.role = 'team' AND f.team NOT IN ('1', '2')
        THEN 'P28: team indicator ' || f.team || ': no team is paid'
      WHEN a.role = 'team' THEN 'P28: team surgery is priced by report'
      WHEN a.package <> '' AND f.before + f.during + f.after = 0
        AND NOT (a.package = '78' AND f.global_days = '000')
        THEN 'P72: modifier ' || a.package || ': the release divides no global package of ' || a.code
      WHEN a.therapy_assistant <> '' AND f.multiple <> '5' AND f.pctc <> '7'
        THEN 'P75: modifier ' || a.therapy_assistant || ' is for therapy services, and ' || a.code
        || ' is none'
      WHEN a.equipment <> '' AND (a.component = '26' OR equipment_fee IS NULL)
        THEN 'P90: modifier ' || a.equipment || ' is for the technical part, and the line has none'
      WHEN f.multiple = '1' THEN 'P20: multiple procedure indicator 1 is not modelled'
    END AS gap
  FROM asked a
  LEFT JOIN segments s ON s.segment = a.segment
  LEFT JOIN fees f
    ON f.segment = a.segment AND f.locality = a.locality AND f.site = a.site
    AND f.code = a.code AND f.component = a.component
  LEFT JOIN fees t
    ON t.segment = a.segment AND t.locality = a.locality AND t.site = a.site
    AND t.code = a.code AND t.component = 'TC'
    AND (f.multiple IN ('4', '6', '7') OR a.equipment <> '')
  LEFT JOIN fees p
    ON p.segment = a.segment AND p.locality = a.locality AND p.site = a.site
    AND p.code = a.code AND p.component = '26' AND f.multiple IN ('4', '6', '7')
  LEFT JOIN fees b
    ON b.segment = a.segment AND b.locality = a.locality AND b.site = a.site
    AND b.code = f.base AND b.component = '' AND f.multiple = '3'
)

SELECT
  * EXCLUDE (whole_fee, whole_technical, whole_technical_cap, equipment_off, equipment_fee),
  CASE WHEN equipment_off = 0 THEN whole_fee
    ELSE whole_fee - cents(equipment_fee * equipment_off) END AS fee,
  CASE WHEN equipment_off = 0 THEN whole_technical
    ELSE whole_technical - cents(whole_technical * equipment_off) END AS technical,
  CASE WHEN equipment_off = 0 THEN whole_technical_cap
    ELSE whole_technical_cap - cents(whole_technical_cap * equipment_off) END AS technical_cap
FROM joined

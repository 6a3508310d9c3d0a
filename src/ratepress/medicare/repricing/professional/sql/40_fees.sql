-- step: fees
-- grain: one row of the schedule at one site of one locality, in one segment of dates
-- key: segment, locality, site, code, component
-- Rules P01 and P06. `own_fee` is before the OPPS cap, `fee` the lower of both.
WITH codes AS (
  SELECT DISTINCT segment, locality, site, code FROM asked WHERE early_gap IS NULL
),

bases AS (
  SELECT DISTINCT c.segment, c.locality, c.site, r.endoscopic_base AS code
  FROM codes c
  JOIN segments s ON s.segment = c.segment
  JOIN pfs_rvu r ON r.content_id = s.content_id AND r.variant = s.variant AND r.code = c.code
  WHERE r.multiple_procedure = '3' AND r.endoscopic_base IS NOT NULL
),

-- The bases are few: a UNION over all would sort out the many codes a second time.
wanted AS (
  SELECT segment, locality, site, code FROM codes
  UNION ALL
  SELECT b.segment, b.locality, b.site, b.code
  FROM bases b
  ANTI JOIN codes c
    ON c.segment = b.segment AND c.locality = b.locality AND c.site = b.site AND c.code = b.code
),

chosen AS (
  SELECT
    w.segment,
    w.locality,
    w.site,
    w.code,
    r.modifier AS component,
    r.status,
    CASE WHEN w.site = 'facility' THEN r.facility_is_na ELSE r.nonfacility_is_na END AS is_na,
    r.pctc_indicator AS pctc,
    r.multiple_procedure AS multiple,
    r.bilateral_surgery AS bilateral,
    r.assistant_surgery AS assistant,
    r.co_surgeons AS co_surgeon,
    r.team_surgery AS team,
    coalesce(r.endoscopic_base, '') AS base,
    r.global_days,
    CAST(coalesce(r.preoperative_share, 0) AS DECIMAL(7, 6)) AS before,
    CAST(coalesce(r.intraoperative_share, 0) AS DECIMAL(7, 6)) AS during,
    CAST(coalesce(r.postoperative_share, 0) AS DECIMAL(7, 6)) AS after,
    CAST(r.work_rvu AS DECIMAL(10, 4)) * g.work_gpci AS work,
    CAST(
      CASE WHEN w.site = 'facility' THEN r.facility_pe_rvu ELSE r.nonfacility_pe_rvu END
      AS DECIMAL(10, 4)
    ) * g.pe_gpci AS pe,
    CAST(r.malpractice_rvu AS DECIMAL(10, 4)) * g.malpractice_gpci AS malpractice,
    CAST(
      CASE
        WHEN w.site = 'facility' THEN r.opps_facility_pe_rvu ELSE r.opps_nonfacility_pe_rvu
      END AS DECIMAL(10, 4)
    ) * g.pe_gpci AS cap_pe,
    CAST(r.opps_malpractice_rvu AS DECIMAL(10, 4)) * g.malpractice_gpci AS cap_malpractice,
    s.conversion_factor,
    s.therapy_pe
  FROM wanted w
  JOIN segments s ON s.segment = w.segment
  JOIN localities g ON g.segment = w.segment AND g.locality = w.locality
  JOIN pfs_rvu r ON r.content_id = s.content_id AND r.variant = s.variant AND r.code = w.code
),

amounts AS (
  SELECT
    * EXCLUDE (work, malpractice, cap_pe, cap_malpractice, conversion_factor, therapy_pe),
    work + pe + malpractice > 0 AS has_values,
    cents((work + pe + malpractice) * conversion_factor) AS own_fee,
    CASE
      WHEN cap_pe > 0 OR cap_malpractice > 0
        THEN cents((work + cap_pe + cap_malpractice) * conversion_factor)
    END AS cap,
    cents(
      (work + CAST(pe * therapy_pe AS DECIMAL(19, 10)) + malpractice) * conversion_factor
    ) AS therapy_fee
  FROM chosen
)

SELECT *, least(own_fee, coalesce(cap, own_fee)) AS fee FROM amounts

-- step: opps_claims
-- grain: one claim with an outpatient line that can be read
-- key: claim_id
-- Rules P43 to P45: what else stands on the claim.
SELECT
  claim_id,
  max(line_no) FILTER (status = 'J1' AND nth = 1 AND rate IS NOT NULL) AS comprehensive_line,
  count(*) FILTER (status = 'J1') AS n_comprehensive,
  count(*) FILTER (status = 'T') > 0 AS has_t,
  count(*) FILTER (status IN ('S', 'T', 'V', 'J2', 'Q2', 'Q3')) > 0 AS has_service,
  count(*) FILTER (status IN ('S', 'T', 'V', 'J2', 'Q1', 'Q2', 'Q3')) > 0 AS has_any
FROM opps_asked
GROUP BY claim_id

-- step: npi_records
-- grain: one NPI of the asked prices that the registry has
-- key: npi
-- The newest file that has an NPI speaks for it; files after the as-of date speak last. A number
-- that was taken out of use and not given back has no name, place or taxonomy.
SELECT
  p.npi, p.entity_type, p.name, p.state, p.zip_code, p.taxonomy, p.ccn,
  CASE WHEN p.reactivated_on IS NULL THEN coalesce(d.deactivated_on, p.deactivated_on) END
    AS deactivated_on
FROM (
  SELECT
    r.*,
    row_number() OVER (PARTITION BY r.npi ORDER BY f.rank_no) AS answer_no
  FROM providers r
  JOIN asked_npis a ON a.npi = r.npi
  JOIN registry_files f ON f.content_id = r.content_id AND f.registry = 'nppes'
) p
LEFT JOIN (
  SELECT o.npi, o.deactivated_on
  FROM deactivated_npis o
  JOIN registry_files f
    ON f.content_id = o.content_id AND f.registry = 'deactivated-npis' AND f.rank_no = 1
) d ON d.npi = p.npi
WHERE p.answer_no = 1

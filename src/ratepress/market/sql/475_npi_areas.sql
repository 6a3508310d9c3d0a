-- step: npi_areas
-- grain: one asked area in which one NPI of the asked prices practises
-- key: npi_number, area_kind, area
-- Rule M09, for the NPIs that are counted beside a figure.
SELECT DISTINCT a.npi, n.npi_number, a.area_kind, a.area
FROM (
  SELECT
    r.npi, k.area_kind,
    CASE k.area_kind
      WHEN 'state' THEN r.state
      WHEN 'zip3' THEN substr(r.zip_code, 1, 3)
      WHEN 'cbsa' THEN z.cbsa
    END AS area
  FROM npi_records r
  CROSS JOIN asked_areas k
  LEFT JOIN zip_places z ON z.zip_code = r.zip_code
) a
JOIN asked_npis n ON n.npi = a.npi AND n.is_valid
WHERE coalesce(a.area, '') <> ''

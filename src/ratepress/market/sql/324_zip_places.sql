-- step: zip_places
-- grain: one ZIP code of a provider or hospital of the asked prices
-- key: zip_code
-- Rule M09: the county with the largest share of a ZIP code's business addresses speaks for it,
-- then of all addresses, then of land; its area is the ZIP code's. Where ZIP+4 decides the Medicare
-- locality, five digits do not, and there is none.
SELECT
  z.zip_code,
  c.county_fips,
  a.cbsa,
  CASE WHEN coalesce(l.has_plus_four, '0') = '1' THEN NULL ELSE l.mac END AS mac,
  CASE WHEN coalesce(l.has_plus_four, '0') = '1' THEN NULL ELSE l.locality END AS locality
FROM (
  SELECT zip_code FROM npi_records WHERE zip_code IS NOT NULL
  UNION
  SELECT zip_code FROM hospital_places WHERE zip_code <> ''
) z
LEFT JOIN (
  SELECT
    o.zip_code,
    o.county_fips,
    row_number() OVER (
      PARTITION BY o.zip_code
      ORDER BY
        o.business_share DESC NULLS LAST, o.total_share DESC NULLS LAST,
        o.land_area DESC NULLS LAST, o.county_fips
    ) AS county_no
  FROM zip_counties o
  JOIN registry_files f
    ON f.content_id = o.content_id AND f.registry = 'zip-counties' AND f.rank_no = 1
) c ON c.zip_code = z.zip_code AND c.county_no = 1
LEFT JOIN (
  SELECT o.county_fips, o.cbsa
  FROM cbsa_counties o
  JOIN registry_files f
    ON f.content_id = o.content_id AND f.registry = 'cbsa-counties' AND f.rank_no = 1
) a ON a.county_fips = c.county_fips
LEFT JOIN (
  SELECT o.zip_code, o.mac, o.locality, o.has_plus_four
  FROM zip_localities o
  JOIN registry_files f
    ON f.content_id = o.content_id AND f.registry = 'zip-localities' AND f.rank_no = 1
) l ON l.zip_code = z.zip_code

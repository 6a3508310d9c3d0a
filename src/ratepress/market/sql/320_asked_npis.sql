-- step: asked_npis
-- grain: one NPI that an asked price or its hospital names
-- key: npi
-- Rule Q10: ten digits, the first 1 or 2, whose last one checks the others. Luhn's sum over 80840
-- and the NPI: every second digit counts twice, less nine where that is above nine; the digits of
-- 80840 add 24. A text is its number where the number is written so. `npi_number` counts faster.
SELECT
  v.npi,
  v.is_valid,
  CASE WHEN v.is_valid THEN v.number END AS npi_number
FROM (
  SELECT
    d.npi,
    d.number,
    coalesce(
      d.number BETWEEN 1000000000 AND 2999999999
        AND CAST(d.number AS STRING) = d.npi
        AND (
          24
          + d.d1 * 2 - CASE WHEN d.d1 > 4 THEN 9 ELSE 0 END + d.d2
          + d.d3 * 2 - CASE WHEN d.d3 > 4 THEN 9 ELSE 0 END + d.d4
          + d.d5 * 2 - CASE WHEN d.d5 > 4 THEN 9 ELSE 0 END + d.d6
          + d.d7 * 2 - CASE WHEN d.d7 > 4 THEN 9 ELSE 0 END + d.d8
          + d.d9 * 2 - CASE WHEN d.d9 > 4 THEN 9 ELSE 0 END + d.number % 10
        ) % 10 = 0,
      FALSE
    ) AS is_valid
  FROM (
    SELECT
      c.npi,
      c.number,
      (c.number - c.number % 1000000000) / 1000000000 AS d1,
      (c.number % 1000000000 - c.number % 100000000) / 100000000 AS d2,
      (c.number % 100000000 - c.number % 10000000) / 10000000 AS d3,
      (c.number % 10000000 - c.number % 1000000) / 1000000 AS d4,
      (c.number % 1000000 - c.number % 100000) / 100000 AS d5,
      (c.number % 100000 - c.number % 10000) / 10000 AS d6,
      (c.number % 10000 - c.number % 1000) / 1000 AS d7,
      (c.number % 1000 - c.number % 100) / 100 AS d8,
      (c.number % 100 - c.number % 10) / 10 AS d9
    FROM (
      SELECT n.npi, TRY_CAST(n.npi AS BIGINT) AS number
      FROM (
        SELECT npi FROM group_providers WHERE npi <> ''
        UNION
        SELECT h.npi
        FROM hospital_npis h
        JOIN asked_contents a ON a.content_id = h.content_id
      ) n
    ) c
  ) d
) v

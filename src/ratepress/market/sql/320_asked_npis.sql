-- step: asked_npis
-- grain: one NPI that an asked price or its hospital names
-- key: npi
-- Rule Q10: ten digits, the first 1 or 2, whose last one checks the others. Luhn's sum over 80840
-- and the NPI: every second digit counts twice, less nine where that is above nine; the digits of
-- 80840 add 24. `ascii` of a digit is 48 more than the digit. `npi_number` counts faster than text.
SELECT
  v.npi,
  v.is_valid,
  CASE WHEN v.is_valid THEN CAST(v.npi AS BIGINT) END AS npi_number
FROM (
  SELECT
    n.npi,
    length(n.npi) = 10
      AND translate(n.npi, '0123456789', '') = ''
      AND substr(n.npi, 1, 1) IN ('1', '2')
      AND (
        24
        + ascii(substr(n.npi, 1, 1)) * 2 - CASE WHEN substr(n.npi, 1, 1) > '4' THEN 9 ELSE 0 END
        + ascii(substr(n.npi, 2, 1))
        + ascii(substr(n.npi, 3, 1)) * 2 - CASE WHEN substr(n.npi, 3, 1) > '4' THEN 9 ELSE 0 END
        + ascii(substr(n.npi, 4, 1))
        + ascii(substr(n.npi, 5, 1)) * 2 - CASE WHEN substr(n.npi, 5, 1) > '4' THEN 9 ELSE 0 END
        + ascii(substr(n.npi, 6, 1))
        + ascii(substr(n.npi, 7, 1)) * 2 - CASE WHEN substr(n.npi, 7, 1) > '4' THEN 9 ELSE 0 END
        + ascii(substr(n.npi, 8, 1))
        + ascii(substr(n.npi, 9, 1)) * 2 - CASE WHEN substr(n.npi, 9, 1) > '4' THEN 9 ELSE 0 END
        + ascii(substr(n.npi, 10, 1))
        - 15 * 48
      ) % 10 = 0 AS is_valid
  FROM (
    SELECT npi FROM group_providers WHERE npi <> ''
    UNION
    SELECT h.npi
    FROM hospital_npis h
    JOIN asked_contents a ON a.content_id = h.content_id
  ) n
) v
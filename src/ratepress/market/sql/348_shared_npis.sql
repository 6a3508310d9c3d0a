-- step: shared_npis
-- grain: one NPI of one list, of those that several lists have
-- key: list_no, npi_number
SELECT l.list_no, l.npi_number
FROM list_npis l
JOIN (
  SELECT npi_number FROM list_npis GROUP BY npi_number HAVING count(*) > 1
) s ON s.npi_number = l.npi_number

-- step: keyed_rates
-- grain: one published price in one comparison key
-- key: content_id, rate_id, key_id
-- Rule M01: a price valid at both kinds of site, in both settings, or for plans of several lines of
-- business stands once in each.
-- The id ends with the lengths of its parts, because a published word may hold the separator.
SELECT
  md5(concat_ws(
    '|', e.code_system, e.code, e.modifiers, e.line_of_business, e.billing_class, e.setting, e.site,
    e.arrangement, e.statement, e.price_unit, e.method, e.drug_unit,
    CAST(length(e.code) AS STRING), CAST(length(e.modifiers) AS STRING),
    CAST(length(e.line_of_business) AS STRING), CAST(length(e.billing_class) AS STRING),
    CAST(length(e.setting) AS STRING), CAST(length(e.arrangement) AS STRING),
    CAST(length(e.price_unit) AS STRING), CAST(length(e.method) AS STRING),
    CAST(length(e.drug_unit) AS STRING)
  )) AS key_id,
  e.*
FROM (
  SELECT
    r.* EXCEPT (setting, line_of_business),
    coalesce(l.line_of_business, r.line_of_business) AS line_of_business,
    coalesce(b.setting, r.setting) AS setting,
    coalesce(s.site, 'any') AS site,
    a.set_no
  FROM published_rates r
  LEFT JOIN asked_sets a
    ON a.content_id = r.content_id AND a.provider_set_id = r.provider_set_id
  LEFT JOIN set_sites s ON s.content_id = r.content_id AND s.place_set_id = r.place_set_id
  LEFT JOIN file_lines l ON l.content_id = r.content_id AND r.line_of_business = 'unknown'
  LEFT JOIN both_settings b ON b.published_setting = r.setting
) e
WHERE e.standing = 'current'

-- step: distinct_prices
-- grain: one price of one payer for one set of providers in one comparison key
-- key: price_id
-- Rule M03: exact repeats across plans and files are one price; the newest file speaks for it.
-- Rule M01: dollars are a dollar price whatever else the row states, so nothing else sets them apart.
SELECT
  row_number() OVER (
    ORDER BY d.key_id, d.payer_id, d.content_id, d.rate_id
  ) AS price_id,
  d.* EXCEPT (repeat_number)
FROM (
  SELECT
    k.key_id, k.content_id, k.rate_id, k.code, k.payer_id, k.payer, k.payer_name, k.plan_name,
    k.statement, k.dollars, k.percentage, k.algorithm, k.setting, k.billing_class,
    k.provider_set_id, k.set_no, k.published_by, k.publisher, k.hospital_id, k.state,
    k.published_on, k.place,
    count(*) OVER (
      PARTITION BY
        k.key_id, k.payer_id, k.published_by, k.hospital_id,
        p.providers_no, k.dollars,
        CASE WHEN k.statement NOT IN ('dollar', 'derived dollar') THEN k.percentage END,
        CASE WHEN k.statement NOT IN ('dollar', 'derived dollar') THEN k.algorithm END
    ) AS n_rows,
    -- The last day on which a row says the price holds; null where none says (rule Q07).
    max(k.expires_on) OVER (
      PARTITION BY
        k.key_id, k.payer_id, k.published_by, k.hospital_id,
        p.providers_no, k.dollars,
        CASE WHEN k.statement NOT IN ('dollar', 'derived dollar') THEN k.percentage END,
        CASE WHEN k.statement NOT IN ('dollar', 'derived dollar') THEN k.algorithm END
    ) AS last_day,
    row_number() OVER (
      PARTITION BY
        k.key_id, k.payer_id, k.published_by, k.hospital_id,
        p.providers_no, k.dollars,
        CASE WHEN k.statement NOT IN ('dollar', 'derived dollar') THEN k.percentage END,
        CASE WHEN k.statement NOT IN ('dollar', 'derived dollar') THEN k.algorithm END
      ORDER BY
        k.published_on DESC NULLS LAST, k.payer_name, k.plan_name, k.content_id, k.rate_id
    ) AS repeat_number
  FROM (
    SELECT
      key_id, content_id, rate_id, code, payer_id, payer, payer_name, plan_name, statement, dollars,
      percentage, algorithm, setting, billing_class, provider_set_id, set_no, published_by,
      publisher, hospital_id, state, published_on, place, expires_on
    FROM keyed_rates
    UNION ALL
    SELECT
      key_id, content_id, rate_id, code, payer_id, payer, payer_name, plan_name, statement, dollars,
      percentage, algorithm, setting, billing_class, provider_set_id, set_no, published_by,
      publisher, hospital_id, state, published_on, place, expires_on
    FROM derived_rates
  ) k
  LEFT JOIN set_providers p ON p.set_no = k.set_no
) d
WHERE d.repeat_number = 1

-- step: vote_sums
-- grain: one cell at one strength, over one payer or over all payers
-- key: strength, key_id, grain, payer_id
-- Rule M05: what the mean is divided from, and the ends of the bootstrap interval of the median: the
-- votes as many steps below the lower and above the upper middle one as `median_ranks` says. Beyond
-- that table the normal limit of the bootstrap: the nearest rank k with n + 1 - 2k at least 1.96
-- times the root of n, whose square is 2401/625.
SELECT
  s.strength, s.key_id, s.grain, s.payer_id, q.total, q.median_low, q.median_high, q.n_hospitals
FROM (
  SELECT
    o.sample_id,
    CAST(sum(o.dollars) AS DECIMAL(38, 5)) AS total,
    coalesce(
      max(CASE WHEN o.rank_no * 2 = o.n_votes + o.n_votes % 2 - 2 * m.steps THEN o.dollars END),
      max(CASE
        WHEN o.n_votes > s.last_n AND o.rank_no * 2 < o.n_votes + 1
          AND (o.n_votes + 1 - 2 * o.rank_no) * (o.n_votes + 1 - 2 * o.rank_no) * 625
            >= o.n_votes * 2401
          THEN o.dollars
      END)
    ) AS median_low,
    coalesce(
      max(CASE
        WHEN o.rank_no * 2 = o.n_votes + 2 - o.n_votes % 2 + 2 * m.steps THEN o.dollars
      END),
      min(CASE
        WHEN o.n_votes > s.last_n AND o.rank_no * 2 > o.n_votes + 1
          AND (o.n_votes + 1 - 2 * o.rank_no) * (o.n_votes + 1 - 2 * o.rank_no) * 625
            >= o.n_votes * 2401
          THEN o.dollars
      END)
    ) AS median_high,
    count(DISTINCT CASE WHEN v.is_hospital THEN v.entity_id END) AS n_hospitals
  FROM ordered_votes o
  JOIN voters v ON v.voter_id = o.voter_id
  CROSS JOIN (SELECT max(last_n) AS last_n FROM median_ranks) s
  LEFT JOIN median_ranks m
    ON m.parity = o.n_votes % 2 AND m.first_n <= o.n_votes AND m.last_n >= o.n_votes
  GROUP BY o.sample_id
) q
JOIN samples s ON s.sample_id = q.sample_id

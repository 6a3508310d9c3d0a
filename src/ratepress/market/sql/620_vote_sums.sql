-- step: vote_sums
-- grain: one cell at one strength, over one payer or over all payers
-- key: sample_id
-- Rule M05: what the mean is divided from, and the ends of the bootstrap interval of the median: the
-- votes as many steps below the lower and above the upper middle one as `median_ranks` says. Beyond
-- that table the normal limit of the bootstrap: the nearest rank k with n + 1 - 2k at least 1.96
-- times the root of n, whose square is 2401/625.
SELECT
  o.sample_id,
  CAST(sum(o.dollars * CAST(o.n_votes AS DECIMAL(14, 0))) AS DECIMAL(38, 5)) AS total,
  coalesce(
    max(CASE
      WHEN o.first_place * 2 <= o.n_sample_votes + o.n_sample_votes % 2 - 2 * m.steps
        AND o.last_place * 2 >= o.n_sample_votes + o.n_sample_votes % 2 - 2 * m.steps
        THEN o.dollars
    END),
    max(CASE
      WHEN o.n_sample_votes > s.last_n AND o.first_place * 2 < o.n_sample_votes + 1
        AND (o.n_sample_votes + 1 - 2 * o.first_place) * (o.n_sample_votes + 1 - 2 * o.first_place)
          * 625 >= o.n_sample_votes * 2401
        THEN o.dollars
    END)
  ) AS median_low,
  coalesce(
    max(CASE
      WHEN o.first_place * 2 <= o.n_sample_votes + 2 - o.n_sample_votes % 2 + 2 * m.steps
        AND o.last_place * 2 >= o.n_sample_votes + 2 - o.n_sample_votes % 2 + 2 * m.steps
        THEN o.dollars
    END),
    min(CASE
      WHEN o.n_sample_votes > s.last_n AND o.last_place * 2 > o.n_sample_votes + 1
        AND (o.n_sample_votes + 1 - 2 * o.last_place) * (o.n_sample_votes + 1 - 2 * o.last_place)
          * 625 >= o.n_sample_votes * 2401
        THEN o.dollars
    END)
  ) AS median_high
FROM ordered_amounts o
CROSS JOIN (SELECT max(last_n) AS last_n FROM median_ranks) s
LEFT JOIN median_ranks m
  ON m.parity = o.n_sample_votes % 2 AND m.first_n <= o.n_sample_votes
  AND m.last_n >= o.n_sample_votes
GROUP BY o.sample_id

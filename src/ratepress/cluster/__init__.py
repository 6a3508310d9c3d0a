"""The market's SQL on Spark: for lakes that one machine cannot work through in time."""

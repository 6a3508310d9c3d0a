"""Published files in, tables out: one folder for each publisher."""

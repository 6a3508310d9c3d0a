"""`python -m ratepress`: the console script, where its folder is not on the path."""

from ratepress.cli.main import main

if __name__ == "__main__":
    main()

"""The launcher behind bin/run, bin/test and bin/check: standard library only, knows nothing of the product."""

"""The measurements behind `bin/bench NAME`; README.md says what each of them does."""

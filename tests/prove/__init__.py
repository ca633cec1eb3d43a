"""What takes longer: `make prove`. The figures are kept in docs/figures.md."""

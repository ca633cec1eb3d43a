"""Voice slots: places for voices that an account makes first and trains later."""

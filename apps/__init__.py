"""Django apps, bottom up; an app imports only apps below it."""

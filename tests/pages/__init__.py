"""Walker of the product's pages: two accounts, roles, valid HTML. tests/pages/table.py tells how to add a row."""

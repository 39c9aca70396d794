"""What embedded twins are made of."""

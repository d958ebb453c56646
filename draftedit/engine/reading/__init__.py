"""Read rows: live, as a draft has them, or as a revision had them."""

"""The rows of one draft: changed, compared with their origins, checked."""

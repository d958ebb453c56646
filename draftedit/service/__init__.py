"""Operations on drafts and objects, as pages, the API and programs call them."""

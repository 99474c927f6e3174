from fixtures import book, book_url, browser, open_page, serve, show  # noqa: F401

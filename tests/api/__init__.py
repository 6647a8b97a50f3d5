"""Every door of the API, as its description names them."""

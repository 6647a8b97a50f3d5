"""Send books' pictures to everybody who looks: an ASGI application, in a process of its own."""

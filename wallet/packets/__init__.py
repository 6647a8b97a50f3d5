"""Red packets (流量红包): coins under a link, drawn into shares before anybody may open one."""

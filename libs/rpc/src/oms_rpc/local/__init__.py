"""The local channel: calls to servicers of the same process, without a socket."""

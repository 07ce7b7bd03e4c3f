"""Whether the files in deploy/ agree with the server, with the contract and with each other."""

"""The stages of the chain, one module each. `oms_rpc.chain` holds their order."""

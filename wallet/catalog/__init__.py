"""The catalog: coins buy what partners sell, and partners' points become coins."""

"""The store on a PostgreSQL server: several kernels may share one."""

// Loaded before all tests of `bun test`, so that the shared Postgres is stopped after the last one.
import './postgres.ts'

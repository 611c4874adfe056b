// The tests of status_tree.test.mjs, with the server on Postgres.
import { onPostgres } from "../app.mjs";

onPostgres(import.meta.filename);
await import("./status_tree.test.mjs");

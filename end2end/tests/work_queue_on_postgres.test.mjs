// The tests of work_queue.test.mjs, with the server on Postgres.
import { onPostgres } from "../app.mjs";

onPostgres(import.meta.filename);
await import("./work_queue.test.mjs");

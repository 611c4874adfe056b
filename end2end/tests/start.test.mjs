// The server starts, and whoever comes finds the door.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { startApp } from "../app.mjs";

let app;
before(async () => { app = await startApp(); });
after(async () => { await app?.stop(); });

test("the server lives and its database answers", async () => {
    for (const path of ["/health", "/ready"]) {
        assert.equal((await fetch(app.server.address + path)).status, 200, path);
    }
});

test("a visitor who is not signed in finds the sign-in page, with JavaScript off too", async () => {
    const page = await app.open("/", { signedIn: false, javaScript: false });
    await page.getByRole("textbox", { name: "E-mail" }).waitFor();
    assert.match(page.url(), /\/sign-in/);
    await page.context().close();
});

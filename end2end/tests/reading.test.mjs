// Pages that are read: without JavaScript, in both languages, at all widths, by a screen reader.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { finish, noViolations, startApp } from "../app.mjs";


let app;
before(async () => { app = await startApp(); });
after(async () => { await app?.stop(); });

test("the list, the tree and a datasheet can be read with JavaScript off", async () => {
    const page = await app.open("/", { javaScript: false });
    const row = page.getByRole("region", { name: "Datasheets" }).getByRole("article").first();
    const name = await row.getAttribute("aria-label");
    await page.getByRole("tree", { name: "Statuses" }).getByRole("link").first().click();
    await page.goBack();
    await row.getByRole("link").first().click();
    await page.waitForURL(/\/d\/\d+/);
    assert.ok((await page.getByRole("heading", { level: 1 }).textContent()).includes(name));
    await page.context().close();
});

test("a wrong password keeps the e-mail and says what is wrong, with JavaScript off too", async () => {
    for (const javaScript of [true, false]) {
        const page = await app.open("/sign-in", { javaScript, signedIn: false });
        await page.getByRole("textbox", { name: "E-mail" }).fill("nobody@example.com");
        await page.getByLabel("Password").fill("wrong password");
        await page.getByRole("button", { name: "Sign in" }).click();
        await page.getByRole("alert").waitFor();
        assert.equal(await page.getByRole("textbox", { name: "E-mail" }).inputValue(), "nobody@example.com");
        await page.context().close();
    }
});

test("a Hungarian browser reads Hungarian", async () => {
    const page = await app.open("/sign-in", { locale: "hu-HU", signedIn: false });
    assert.equal(await page.locator("html").getAttribute("lang"), "hu");
    await page.getByRole("button", { name: "Bejelentkezés" }).waitFor();
    await finish(page);
});

test("nothing is wider than a narrow screen", async () => {
    for (const path of ["/", "/profile", "/modules", "/users", "/tokens"]) {
        const page = await app.open(path, { width: 360, height: 740, touch: true });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(wide <= 0, `${path} is ${wide} px too wide`);
        await finish(page);
    }
});

for (const scheme of ["light", "dark"]) {
    test(`axe finds nothing to say against any page, ${scheme}`, async () => {
        for (const path of ["/", "/d", "/profile", "/modules", "/users", "/tokens", "/no-such-page"]) {
            const page = await app.open(path === "/d" ? "/" : path, { scheme });
            if (path === "/d") {
                await page.getByRole("article").first().getByRole("link").first().click();
                await page.waitForURL(/\/d\/\d+/);
                await page.getByRole("heading", { level: 1 }).waitFor();
            }
            await noViolations(page, { what: path });
            await page.context().close();
        }
    });
}

test("an unknown address answers 404 with a way back", async () => {
    const page = await app.open();
    const answer = await page.request.get(app.server.address + "/no-such-page", { headers: { accept: "text/html" } });
    assert.equal(answer.status(), 404);
    await page.context().close();
});
